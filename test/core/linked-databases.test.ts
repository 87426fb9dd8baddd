import { describe, expect, it } from "vitest";
import { removeLeftLogs } from "../../src/core/apply/left-logs.ts";
import { settle } from "../../src/core/recover/settle.ts";
import { create, recover, restore, undo } from "../support/commands.ts";
import { diedHalfWay } from "../support/crash-scenes.ts";
import { homeState } from "../support/home-state.ts";
import { databaseFile } from "../support/memory-sqlite.ts";
import { type Machine, NOW } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const HOLDER = { pid: 7, command: "plain", isGone: false };

/** Something of the home has been moved to a bigger disk, and a link stands in its place. */
function moveToBigDisk(on: Machine, path: string): string {
	const name = path.replaceAll("/", "-");
	on.volume.mkdirSync("/big", { recursive: true });
	on.volume.renameSync(`${HOME}/${path}`, `/big/${name}`);
	on.volume.symlinkSync(`/big/${name}`, `${HOME}/${path}`);
	return `/big/${name}`;
}

function hold(on: Machine, ...files: string[]): void {
	on.holders = new Map(files.map((file) => [file, [HOLDER]]));
}

/** With one snapshot; state.db is a link now. */
async function linked(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	moveToBigDisk(on, "state.db");
	return on;
}

/** With one snapshot; a profile is a link now. */
async function linkedProfile(): Promise<Machine> {
	const on = plainMachine();
	putDatabase(on, "profiles/ada/state.db", "ten messages");
	await create(on);
	moveToBigDisk(on, "profiles/ada");
	return on;
}

const kindAt = ({ volume }: Machine, path: string) =>
	volume.lstatSync(`${HOME}/${path}`).isSymbolicLink() ? "link" : "other";

const inUse = (path: string, file: string) => ({
	code: "busy-database",
	message: expect.stringMatching(
		`^${path} leads through a link to ${file}, which plain \\(process 7\\) has open.* Nothing was changed\\.$`,
	),
	hint: expect.stringMatching(
		/^If plain \(process 7\) is no part of .* --at-next-start/,
	),
});

describe("a database behind a link", () => {
	it.each([
		["itself", "/big/state.db"],
		["its log", "/big/state.db-wal"],
	])("is not exchanged while somebody has it open: %s", async (_, file) => {
		const on = await linked();
		hold(on, file);
		for (const dryRun of [true, false])
			await expect(restore(on, "1", { dryRun })).rejects.toMatchObject(
				inUse("state.db", file),
			);
		expect(kindAt(on, "state.db")).toBe("link");
	});

	it("is asked for its own locks where nobody can say who has it open", async () => {
		const on = await linked();
		on.holders = undefined;
		on.elsewhere.open.add("/big/state.db");
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringContaining("which another process has open"),
		});
		on.elsewhere.open.clear();
		await restore(on, "1");
		expect(kindAt(on, "state.db")).toBe("other");
	});

	it("is not asked for them elsewhere, which could write to it", async () => {
		const on = await linked();
		on.system.sqlite.isFree = (path) => {
			if (path.startsWith("/big")) throw new Error("it was asked");
			return true;
		};
		await restore(on, "1");
		expect(read(on, "state.db")).toContain("ten messages");
		await undo(on);
		expect(kindAt(on, "state.db")).toBe("link");
	});

	it("that was removed under its holder is still his", async () => {
		const on = await linked();
		on.volume.unlinkSync("/big/state.db");
		hold(on, "/big/state.db");
		await expect(restore(on, "1")).rejects.toMatchObject(
			inUse("state.db", "/big/state.db"),
		);
	});

	it("stays where it came after the snapshot and is open", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "letters/eve.db", "one letter");
		hold(on, moveToBigDisk(on, "letters/eve.db"));
		const { plan } = await restore(on, "1");
		expect(plan.leftAlone).toMatchObject([
			{ path: "letters/eve.db", why: expect.stringContaining("in use") },
		]);
		expect(kindAt(on, "letters/eve.db")).toBe("link");
	});

	it("is not even exchanged when it is opened in the last moment", async () => {
		const on = await linked();
		on.before = (call) => {
			if (call.includes("journal.json")) hold(on, "/big/state.db");
		};
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringMatching(/^state\.db was written to by another/),
		});
		expect(kindAt(on, "state.db")).toBe("link");
		expect(on.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it("nor when it is written to then", async () => {
		const on = await linked();
		on.before = (call) => {
			if (call.includes("journal.json"))
				putDatabase(on, "state.db", "eleven messages");
		};
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
		});
		expect(kindAt(on, "state.db")).toBe("link");
	});
});

describe("a recovery that finds a database behind a link", () => {
	const died = async () =>
		diedHalfWay(await linked(), (it) => restore(it, "1"), 1);

	it("finishes where nobody has touched it", async () => {
		const on = await died();
		await recover(on);
		expect(read(on, "state.db")).toContain("ten messages");
		expect(kindAt(on, "state.db")).toBe("other");
	});

	it("waits while somebody has it open", async () => {
		const on = await died();
		hold(on, "/big/state.db");
		await expect(recover(on)).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringContaining("plain (process 7)"),
		});
		expect(kindAt(on, "state.db")).toBe("link");
		hold(on);
		await recover(on);
		expect(kindAt(on, "state.db")).toBe("other");
	});

	it.each([
		["", () => databaseFile("eleven messages")],
		["-wal", () => "eleven messages"],
	])('asks where it was written to since: "%s"', async (suffix, content) => {
		const on = await died();
		on.volume.writeFileSync(`/big/state.db${suffix}`, content());
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringMatching(/state\.db \(behind a link, \d{4}-/),
		});
		expect(kindAt(on, "state.db")).toBe("link");
	});

	it.each([
		"finishes",
		"asks",
	])("behind a directory's link %s", async (what) => {
		const on = await diedHalfWay(
			await linkedProfile(),
			(it) => restore(it, "1"),
			1,
		);
		if (what === "asks") {
			on.volume.writeFileSync("/big/profiles-ada/state.db-wal", "eleven");
			await expect(recover(on)).rejects.toMatchObject({
				code: "recovery-blocked",
				message: expect.stringContaining("profiles/ada/state.db (behind a"),
			});
			expect(kindAt(on, "profiles/ada")).toBe("link");
		} else {
			await recover(on);
			expect(kindAt(on, "profiles/ada")).toBe("other");
		}
	});
});

describe("what lies behind a link", () => {
	it.each([
		"back",
		"finish",
	] as const)("is not touched by recover --%s", async (direction) => {
		const on = await diedHalfWay(
			await linkedProfile(),
			(it) => restore(it, "1"),
			1,
		);
		const log = "/big/profiles-ada/state.db-wal";
		on.volume.writeFileSync(log, "eleven");
		on.clock.advance(60_000);
		await settle(agentOn(on), direction);
		expect(String(on.volume.readFileSync(log))).toBe("eleven");
		expect(kindAt(on, "profiles/ada")).toBe(
			direction === "back" ? "link" : "other",
		);
	});

	it("is no log of a database that has gone from the home", () => {
		const on = plainMachine();
		put(on, "letters/eve.db-wal", "of another");
		moveToBigDisk(on, "letters");
		const journal = { startedAt: NOW };
		removeLeftLogs(agentOn(on), journal, "letters/eve.db", undefined);
		expect(on.volume.existsSync("/big/letters/eve.db-wal")).toBe(true);
	});
});

describe("a link to a directory", () => {
	it.each([
		"/big/profiles-ada/state.db",
		"/big/profiles-ada/further/down/state.db-wal",
	])("stays while somebody has a database in it open: %s", async (file) => {
		const on = await linkedProfile();
		hold(on, file);
		await expect(restore(on, "1")).rejects.toMatchObject(
			inUse("profiles/ada", file),
		);
		expect(kindAt(on, "profiles/ada")).toBe("link");
	});

	it.each([
		["a log", "/big/profiles-ada/logs/gateway.log"],
		["another program's database", "/big/profiles-ada/browser/places.sqlite"],
	])("gives way whoever has this open in it: %s", async (_, file) => {
		const on = await linkedProfile();
		hold(on, file);
		await restore(on, "1");
		expect(kindAt(on, "profiles/ada")).toBe("other");
	});

	it("is not taken for a database by its name", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "letters/eve.db/note.txt", "mine");
		hold(on, `${moveToBigDisk(on, "letters/eve.db")}/note.txt`);
		const { plan } = await restore(on, "1");
		expect(plan.leftAlone).toEqual([]);
	});

	it("stays while a database of the snapshot is open in it, whatever it is called", async () => {
		const on = plainMachine();
		putDatabase(on, "letters/own/post", "one letter");
		await create(on);
		const big = moveToBigDisk(on, "letters/own");
		hold(on, `${big}/post`);
		await expect(restore(on, "1")).rejects.toMatchObject(
			inUse("letters/own/post", `${big}/post`),
		);
		expect(kindAt(on, "letters/own")).toBe("link");
	});
});

describe("what is no database", () => {
	it("is put back whoever has it open, through a link or not", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "letters/ada.txt", "Dear Ada, no");
		hold(on, moveToBigDisk(on, "config.yaml"), `${HOME}/letters/ada.txt`);
		const before = homeState(on);
		await restore(on, "1");
		expect(read(on, "config.yaml")).toBe("model: one\n");
		expect(read(on, "letters/ada.txt")).toBe("Dear Ada");
		await undo(on);
		expect(homeState(on)).toEqual(before);
	});

	it.each([
		["nothing yet", ""],
		["something else", "ruined"],
	])("and is to be one by its name is not taken from its holder: %s", async (_, now) => {
		const on = plainMachine();
		put(on, "letters/eve.db", "a text");
		await create(on);
		put(on, "letters/eve.db", now);
		hold(on, `${HOME}/letters/eve.db`);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringMatching(/^letters\/eve\.db is open in plain/),
		});
		expect(read(on, "letters/eve.db")).toBe(now);
	});

	it("and came as an empty database stays with its holder", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "letters/eve.db", "");
		hold(on, `${HOME}/letters/eve.db`);
		await restore(on, "1");
		expect(read(on, "letters/eve.db")).toBe("");
	});

	it("but the ruin of one is not set aside by a recovery while it is open", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "state.db", Buffer.alloc(300));
		const died = await diedHalfWay(on, (it) => restore(it, "1"), 1);
		hold(died, `${HOME}/state.db`);
		await expect(recover(died)).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringContaining("state.db is open in plain (process 7)"),
		});
		hold(died);
		await recover(died);
		expect(read(died, "state.db")).toContain("ten messages");
	});
});
