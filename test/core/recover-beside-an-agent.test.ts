import { describe, expect, it } from "vitest";
import { settle } from "../../src/core/recover/settle.ts";
import { create, recover, restore, undo } from "../support/commands.ts";
import { changed, changedInEveryWay } from "../support/crash-scenes.ts";
import { dyingAt } from "../support/dying.ts";
import { homeState } from "../support/home-state.ts";
import { databaseFile } from "../support/memory-sqlite.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

/** Died right after the commit point, when nothing of the home is changed yet, or at a later change. */
async function interrupted(on: Machine, last = 1): Promise<Machine> {
	const work = async (dying: Machine) => {
		const { before: count } = dying;
		dying.before = (call, tear) => {
			const committed = dying.volume.existsSync(storeAt.journal);
			if (committed && !call.startsWith("sync")) count(call, tear);
		};
		await restore(dying, "1");
	};
	const ending = await dyingAt(last, on, work);
	if (ending === undefined) throw new Error("it was done too early");
	return ending.on;
}

/** Does something once, as the recovery comes by a call. */
function onceAt(on: Machine, call: string, act: () => void): void {
	let done = false;
	const quiet = { ...on, before: () => {} };
	on.before = (now) => {
		if (done || !now.includes(call)) return;
		done = true;
		on.before = quiet.before;
		act();
	};
}

const blocked = (name: string) => ({
	code: "recovery-blocked",
	message: expect.stringMatching(
		new RegExp(`${name} \\(\\d{4}-\\d\\d-\\d\\dT[^)]+\\)`),
	),
});

describe("a recovery beside an agent", () => {
	it("stops for what is committed while it judges", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		put(on, "config.yaml", "model: two");
		const died = await interrupted(on);
		const { sqlite } = died.system;
		const lock = sqlite.beginReplace;
		// The last moment before our write lock.
		sqlite.beginReplace = async (...args) => {
			sqlite.beginReplace = lock;
			putDatabase(died, "state.db", "twelve messages", "wal");
			return lock(...args);
		};
		await expect(recover(died)).rejects.toMatchObject(blocked("state.db"));
		expect(homeState(died)["state.db"]).toContain("twelve messages");
	});

	it("stops for a file that was to be removed and has been rewritten", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "letters/eve.txt", "Dear Eve");
		const died = await interrupted(on);
		put(died, "letters/.new", "Dear Eve and Adam");
		died.volume.renameSync(`${HOME}/letters/.new`, `${HOME}/letters/eve.txt`);
		await expect(recover(died)).rejects.toMatchObject(
			blocked("letters/eve.txt"),
		);
		expect(read(died, "letters/eve.txt")).toBe("Dear Eve and Adam");
	});

	it("stops for a file that only gets its mode back and has been rewritten", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.chmodSync(`${HOME}/config.yaml`, 0o644);
		const died = await interrupted(on);
		put(died, "config.yaml", "model: three", 0o644);
		await expect(recover(died)).rejects.toMatchObject(blocked("config.yaml"));
	});

	it("stops for a file where a directory is to be", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.rmSync(`${HOME}/letters`, { recursive: true });
		const died = await interrupted(on);
		put(died, "letters", "a file now");
		await expect(recover(died)).rejects.toMatchObject(blocked("letters"));
	});

	it.each([
		["has been moved in", 2],
		["has still to be", 1],
	])("stops for a file that %s and has been deleted, and --finish puts it back", async (_, last) => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, no");
		const died = await interrupted(on, last);
		died.volume.unlinkSync(`${HOME}/config.yaml`);
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining("config.yaml (gone)"),
		});
		await settle(agentOn(died), "finish");
		expect(read(died, "config.yaml")).toBe("model: one\n");
	});

	it.each([
		["has been moved in", 9],
		["has still to be", 1],
	])("stops for a database that %s and has been deleted, and --finish puts it back", async (_, last) => {
		const on = plainMachine();
		await create(on);
		put(on, "state.db", last === 1 ? databaseFile("eleven") : "ruined");
		put(on, "letters/ada.txt", "Dear Ada, no");
		const died = await interrupted(on, last);
		died.volume.unlinkSync(`${HOME}/state.db`);
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining("state.db (gone)"),
		});
		await settle(agentOn(died), "finish");
		expect(homeState(died)["state.db"]).toContain("ten messages");
	});

	it("stops for a database that only gets its mode back and has been deleted", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.chmodSync(`${HOME}/state.db`, 0o644);
		const died = await interrupted(on);
		died.volume.unlinkSync(`${HOME}/state.db`);
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining("state.db (gone)"),
		});
	});

	it("finishes where a late change was moved aside and the new file had still to come", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "model: two");
		const ending = await dyingAt(1, on, async (dying) => {
			const { before: count } = dying;
			dying.before = (call, tear) => {
				if (/^(rename|link) .*new.000000$/.test(call)) count(call, tear);
				if (call.includes("journal.json.new") && call.startsWith("rename"))
					put(dying, "config.yaml", "written in the last moment");
			};
			await restore(dying, "1");
		});
		if (ending === undefined) throw new Error("it was done too early");
		expect(exists(ending.on, "config.yaml")).toBe(false);
		await recover(ending.on);
		expect(read(ending.on, "config.yaml")).toBe("model: one\n");
	});

	it("finishes in a home that was copied after the crash, file by file", async () => {
		const undisturbed = await changed(changedInEveryWay);
		await restore(undisturbed, "1");
		const died = await interrupted(await changed(changedInEveryWay));
		copyEachFile(died);
		await recover(died);
		expect(homeState(died)).toEqual(homeState(undisturbed));
	});
});

/** Every file gets another inode, as after rsync. */
function copyEachFile({ volume }: Machine, folder = HOME): void {
	for (const name of volume.readdirSync(folder).map(String)) {
		const path = `${folder}/${name}`;
		const stat = volume.lstatSync(path);
		if (path === storeAt.directory || stat.isSymbolicLink()) continue;
		if (stat.isDirectory()) {
			copyEachFile({ volume } as Machine, path);
			continue;
		}
		const bytes = volume.readFileSync(path);
		volume.unlinkSync(path);
		volume.writeFileSync(path, bytes);
		volume.chmodSync(path, Number(stat.mode) & 0o7777);
		volume.utimesSync(
			path,
			Number(stat.atimeMs) / 1000,
			Number(stat.mtimeMs) / 1000,
		);
	}
}

describe("beside a restore", () => {
	it("a file that came since and is written to in the last moment is moved aside, not removed", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "letters/eve.txt", "Dear Eve");
		put(on, "config.yaml", "model: two");
		onceAt(on, "journal.json", () =>
			put(on, "letters/eve.txt", "Dear Eve and Adam"),
		);
		await restore(on, "1");
		const aside = on.volume.readdirSync(storeAt.quarantine).map(String);
		expect(aside).toHaveLength(1);
		expect(
			String(
				on.volume.readFileSync(
					`${storeAt.quarantine}/${aside[0]}/letters/eve.txt`,
				),
			),
		).toBe("Dear Eve and Adam");
	});

	it.each([
		"journal.json",
		`link ${storeAt.restoring}/new/`,
	])("a database that was absent and is made in the last moment, at %s, is left to who made it", async (moment) => {
		const on = plainMachine();
		await create(on);
		on.volume.unlinkSync(`${HOME}/state.db`);
		onceAt(on, moment, () => putDatabase(on, "state.db", "made just now"));
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringMatching(/^state\.db was written to by another/),
			hint: expect.stringContaining("Nothing was changed"),
		});
		expect(homeState(on)["state.db"]).toContain("made just now");
		expect(on.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it("a database that came since and is written to in the last moment stops the restore, and is not lost", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages");
		putDatabase(on, "letters/eve.db", "one letter");
		onceAt(on, "journal.json", () =>
			putDatabase(on, "letters/eve.db", "two letters"),
		);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "failed",
			message: expect.stringMatching(
				/half-way: letters\/eve\.db was written to/,
			),
		});
		expect(homeState(on)["letters/eve.db"]).toContain("two letters");
		await expect(recover(on)).rejects.toMatchObject(blocked("letters/eve.db"));
		expect(homeState(on)["letters/eve.db"]).toContain("two letters");
	});

	it("a recovery knows a database that had arrived when the restore died", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.unlinkSync(`${HOME}/state.db`);
		const work = async (dying: Machine) => {
			const { before: count } = dying;
			dying.before = (call, tear) => {
				const hasArrived = dying.volume.existsSync(`${HOME}/state.db`);
				if (hasArrived) count(call, tear);
			};
			await restore(dying, "1");
		};
		const died = (await dyingAt(1, on, work))?.on;
		if (died === undefined) throw new Error("it was done too early");
		expect(died.volume.readdirSync(`${storeAt.restoring}/new`)).toHaveLength(1);
		await recover(died);
		expect(homeState(died)["state.db"]).toContain("ten messages");
		expect(died.volume.existsSync(storeAt.restoring)).toBe(false);
	});

	it("a database that an agent opens as it is being removed is put back", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "letters/eve.db", "one letter");
		const { processes } = on.system;
		processes.holders = (paths) =>
			new Map(
				paths
					.filter((path) => path.startsWith(storeAt.quarantine))
					.map((path) => [path, [{ pid: 7, command: "a", isGone: false }]]),
			);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "failed",
			message: expect.stringContaining("letters/eve.db was written to by"),
		});
		expect(homeState(on)["letters/eve.db"]).toContain("one letter");
		expect(on.volume.existsSync(storeAt.quarantine)).toBe(false);
	});

	it("a log that an agent makes anew beside a database that is being removed is his", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "letters/eve.db", "one letter");
		put(on, "letters/eve.db-wal", "");
		onceAt(on, `unlink ${storeAt.quarantine}`, () => {
			on.volume.unlinkSync(`${HOME}/letters/eve.db-wal`);
			put(on, "letters/other", "takes the inode");
			put(on, "letters/eve.db-wal", "of another");
		});
		await restore(on, "1");
		expect(read(on, "letters/eve.db-wal")).toBe("of another");
		expect(homeState(on)).not.toHaveProperty("letters/eve.db");
	});

	it("a log that an agent takes away as it closes the database does not stop the restore", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		const { disk } = on.system;
		const { stat } = disk;
		// Seen, and gone when it is opened.
		disk.stat = (path) =>
			path === `${HOME}/state.db-wal` && on.volume.existsSync(storeAt.journal)
				? stat(`${HOME}/state.db`)
				: stat(path);
		await restore(on, "1");
		expect(homeState(on)["state.db"]).toContain("ten messages");
	});

	it("a database that this user may not write to is renamed in, if nobody holds it", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		on.system.disk.mayWrite = (path) => path !== `${HOME}/state.db`;
		on.system.sqlite.beginReplace = () =>
			Promise.reject(new Error("it was written to"));
		on.holders = new Map([
			[`${HOME}/state.db`, [{ pid: 7, command: "plain", isGone: false }]],
		]);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
		});
		on.holders = new Map();
		await restore(on, "1");
		expect(homeState(on)["state.db"]).toContain("ten messages");
	});

	it("what was done without an undo snapshot is not taken back by an older one", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "model: two");
		await restore(on, "1");
		put(on, "config.yaml", "model: three");
		await restore(on, "1", { undo: false });
		await expect(undo(on)).rejects.toMatchObject({
			code: "not-found",
			message: expect.stringContaining("without an undo snapshot"),
		});
		put(on, "config.yaml", "model: four");
		await restore(on, "1");
		await undo(on);
		expect(read(on, "config.yaml")).toBe("model: four");
	});
});
