import { describe, expect, it } from "vitest";
import { settle } from "../../src/core/recover/settle.ts";
import { create, listedIds, recover, restore } from "../support/commands.ts";
import { dyingAt } from "../support/dying.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	STORE,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const zeroed = (on: Machine) => put(on, "state.db", Buffer.alloc(300));
const cut = (on: Machine) => putDatabase(on, "state.db", "MALFORMED");

/** A home whose state.db has to give way to the snapshot's and cannot be saved. */
async function ruined(ruin: (on: Machine) => void): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	ruin(on);
	put(on, "config.yaml", "model: two");
	return on;
}

/** The restore died at a change behind its commit point. */
async function interrupted(on: Machine, change: RegExp): Promise<Machine> {
	const ending = await dyingAt(1, on, async (dying) => {
		const { before: count } = dying;
		let isDead = false;
		dying.before = (call, tear) => {
			const committed = dying.volume.existsSync(storeAt.journal);
			isDead ||= committed && change.test(call);
			if (isDead) count(call, tear);
		};
		await restore(dying, "1");
	});
	if (ending === undefined) throw new Error("it was done too early");
	return ending.on;
}

const BEFORE = /^rename .*\/state\.db$/;
const AFTER = /^(link|rename) .*\/new\/00000/;

function aside({ volume }: Machine): string[] {
	if (!volume.existsSync(storeAt.quarantine)) return [];
	return volume
		.readdirSync(storeAt.quarantine, { recursive: true })
		.map(String)
		.filter((path) => path.endsWith("/state.db"));
}

/** Whether a snapshot in the list holds these rows. */
function isSaved(on: Machine, rows: string): boolean {
	return listedIds(on).some((id) => {
		const copy = `${STORE}/${id}/state.db`;
		return (
			on.volume.existsSync(copy) &&
			String(on.volume.readFileSync(copy)).includes(rows)
		);
	});
}

const asksAbout = (path: string) => ({
	code: "recovery-blocked",
	message: expect.stringMatching(new RegExp(`changed: ${path} \\(\\d`)),
});

describe("what a restore was to move aside, and the agent has made anew after a crash,", () => {
	describe.each([
		["before it was moved", BEFORE],
		["after it was moved", AFTER],
	])("dying %s", (_, at) => {
		async function madeAnew(): Promise<Machine> {
			const on = await interrupted(await ruined(zeroed), at);
			putDatabase(on, "state.db", "made anew");
			return on;
		}

		it("is asked about and left where it is", async () => {
			const on = await madeAnew();
			const moved = aside(on);
			await expect(recover(on)).rejects.toMatchObject(asksAbout("state.db"));
			await create(on);
			expect(homeState(on)["state.db"]).toContain("made anew");
			expect(aside(on)).toEqual(moved);
		});

		it("is in a snapshot when the restore is finished all the same", async () => {
			const on = await madeAnew();
			const { missed } = await settle(agentOn(on), "finish");
			expect(missed).toEqual([]);
			expect(isSaved(on, "made anew")).toBe(true);
			expect(homeState(on)["state.db"]).toContain("ten messages");
		});

		it("is in a snapshot, and stays, when it is gone back", async () => {
			const on = await madeAnew();
			await settle(agentOn(on), "back");
			expect(isSaved(on, "made anew")).toBe(true);
			expect(homeState(on)["state.db"]).toContain("made anew");
		});
	});

	it("is asked about when it is a plain file", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "unreadable");
		const { open } = on.system.disk;
		on.system.disk.open = (path, how) => {
			if (path !== `${HOME}/config.yaml`) return open(path, how);
			throw Object.assign(new Error("EACCES"), { code: "EACCES" });
		};
		const died = await interrupted(on, /^rename .*\/config\.yaml$/);
		put(died, "config.yaml", "written after the crash");
		await expect(recover(died)).rejects.toMatchObject(asksAbout("config.yaml"));
		expect(read(died, "config.yaml")).toBe("written after the crash");
	});

	it("is not said to be in the undo snapshot, nor in the quarantine, where it is not", async () => {
		const on = await interrupted(await ruined(cut), BEFORE);
		put(on, "config.yaml", "written after the crash");
		await expect(recover(on)).rejects.toMatchObject({
			hint: expect.stringMatching(/before-restore, which lacks state\.db\./),
		});
		const { outcome } = await settle(agentOn(on), "back");
		expect(outcome.undone).toMatchObject({ aside: [] });
		expect(homeState(on)["state.db"]).toContain("MALFORMED");
	});

	it("is finished by itself where its logs had gone before it", async () => {
		const on = await ruined((machine) => {
			cut(machine);
			put(machine, "state.db-journal", "half a commit");
		});
		const died = await interrupted(on, BEFORE);
		expect(exists(died, "state.db-journal")).toBe(false);
		await recover(died);
		expect(homeState(died)["state.db"]).toContain("ten messages");
	});

	it("is refused while somebody has it open, by name", async () => {
		const on = await interrupted(await ruined(zeroed), BEFORE);
		const holder = { pid: 7, command: "plain", isGone: false };
		on.holders = new Map([[`${HOME}/state.db`, [holder]]]);
		await expect(recover(on)).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringContaining("plain (process 7)"),
		});
		expect(aside(on)).toEqual([]);
		on.holders = new Map();
		await recover(on);
		expect(homeState(on)["state.db"]).toContain("ten messages");
	});
});

describe("a damaged database whose header is sound", () => {
	it("is moved aside by the recovery as the restore would have, and not written to", async () => {
		const on = await interrupted(await ruined(cut), BEFORE);
		await recover(on);
		expect(homeState(on)["state.db"]).toContain("ten messages");
		const [moved] = aside(on);
		const bytes = on.volume.readFileSync(`${storeAt.quarantine}/${moved}`);
		expect(String(bytes)).toContain("MALFORMED");
	});

	it("is asked about when it was sound before the crash", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages");
		const died = await interrupted(on, /commit/);
		const { sqlite } = died.system;
		const { beginReplace } = sqlite;
		sqlite.beginReplace = () =>
			Promise.reject(
				Object.assign(new Error("malformed"), { code: "SQLITE_CORRUPT" }),
			);
		await expect(recover(died)).rejects.toMatchObject(asksAbout("state.db"));
		sqlite.beginReplace = beginReplace;
		await recover(died);
		expect(homeState(died)["state.db"]).toContain("ten messages");
	});
});

describe("beside a restore, a database that is to be moved aside and is made anew", () => {
	/** Once, as the restore comes by a call. */
	function onceAt(on: Machine, call: string): void {
		on.before = (now) => {
			if (!now.includes(call)) return;
			on.before = () => {};
			putDatabase(on, "state.db", "made anew");
		};
	}

	it("while the new files are staged, is in the undo snapshot", async () => {
		const on = await ruined(zeroed);
		onceAt(on, `${storeAt.restoring}/new/00000`);
		await restore(on, "1");
		expect(isSaved(on, "made anew")).toBe(true);
		expect(aside(on)).toEqual([]);
	});

	it("in the last moment, is left as it is", async () => {
		const on = await ruined(zeroed);
		onceAt(on, "rename /home/ada/.plain/state-snapshots/.restore/journal.json");
		await expect(restore(on, "1")).rejects.toMatchObject({
			message: expect.stringContaining("state.db was written to by another"),
		});
		expect(homeState(on)["state.db"]).toContain("made anew");
		expect(aside(on)).toEqual([]);
	});

	it("between the last look and the move, is put back", async () => {
		const on = await ruined(zeroed);
		onceAt(on, `rename ${HOME}/state.db`);
		await expect(restore(on, "1")).rejects.toMatchObject({
			message: expect.stringContaining("state.db was written to by another"),
		});
		expect(homeState(on)["state.db"]).toContain("made anew");
		expect(aside(on)).toEqual([]);
	});
});

describe("a recovery beside an agent that was updated and started since", () => {
	it("puts no foreign schema under it", async () => {
		const on = plainMachine();
		putDatabase(on, "state.db", "version 1", "wal");
		await create(on);
		putDatabase(on, "state.db", "version 2", "wal");
		const died = await interrupted(on, /./);
		died.elsewhere.open.add(`${HOME}/state.db`);
		await expect(recover(died)).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringMatching(
				/made differently \(its user_version is 1 and not 2\).*has it open/,
			),
			hint: expect.stringMatching(/^Stop .*recover/),
		});
		expect(homeState(died)["state.db"]).toContain("version 2");
		died.elsewhere.open.clear();
		await recover(died);
		expect(homeState(died)["state.db"]).toContain("version 1");
	});
});
