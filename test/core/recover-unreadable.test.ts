import { describe, expect, it } from "vitest";
import { prune } from "../../src/core/retention/prune.ts";
import { create, recover, restore } from "../support/commands.ts";
import { diedHalfWay } from "../support/crash-scenes.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";

/** Died behind the commit point, before anything in the home was changed. */
async function interrupted(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	putDatabase(on, "state.db", "eleven messages");
	put(on, "letters/ada.txt", "Dear Ada, no");
	put(on, "config.yaml", "model: two");
	return diedHalfWay(on, (dying) => restore(dying, "1"), 1);
}

async function goesOnBeside(on: Machine): Promise<void> {
	const made = await create(on);
	expect(made).toMatchObject({ created: true, recoveryBlocked: true });
	const pruned = await prune(agentOn(on), { dryRun: false });
	expect(pruned.waiting).toMatch(/^2026/);
}

describe("a recovery that finds a database", () => {
	it.each([
		"SQLITE_NOTADB",
		"SQLITE_CORRUPT",
		"SQLITE_CORRUPT_INDEX",
		"SQLITE_IOERR_SHORT_READ",
	])("damaged since (%s) names it and waits, and create and prune go on", async (code) => {
		const on = await interrupted();
		putDatabase(on, "state.db", "another");
		const failure = Object.assign(new Error("it is damaged"), { code });
		on.system.sqlite.pin = () => Promise.reject(failure);
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining("these have changed: state.db ("),
		});
		await goesOnBeside(on);
	});

	it("with a strange file in the place of its log never opens it", async () => {
		const on = await interrupted();
		putDatabase(on, "state.db", "another");
		on.volume.mkdirSync(`${HOME}/state.db-journal`);
		on.system.sqlite.pin = () => Promise.reject(new Error("it was opened"));
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining("these have changed: state.db ("),
		});
	});

	it("locked says by whom and waits, and create and prune go on", async () => {
		const on = await interrupted();
		putDatabase(on, "state.db", "another");
		on.elsewhere.locked.add(`${HOME}/state.db`);
		on.holders = new Map([
			[`${HOME}/state.db`, [{ pid: 7, command: "plain", isGone: false }]],
		]);
		await expect(recover(on)).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringMatching(
				/^state\.db is locked by plain \(process 7\).*restore of 2026.* Nothing was changed\.$/,
			),
			hint: expect.stringContaining("`recover`"),
		});
		await goesOnBeside(on);
	});
});

describe("a recovery that finds a file", () => {
	it("that it may not read names it and waits, and create and prune go on", async () => {
		const on = await interrupted();
		forbids(on, "config.yaml", "EACCES");
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining("these have changed: config.yaml ("),
		});
		await goesOnBeside(on);
	});

	it("that it cannot open for want of file handles says that it is still half-way", async () => {
		const on = await interrupted();
		forbids(on, "config.yaml", "EMFILE");
		await expect(recover(on)).rejects.toMatchObject({
			code: "failed",
			message: expect.stringMatching(/too many files.* still half-way/),
		});
	});

	it("behind a directory that became a link names both and waits, and create and prune go on", async () => {
		const on = await interrupted();
		on.volume.renameSync(`${HOME}/letters`, "/elsewhere");
		on.volume.symlinkSync("/elsewhere", `${HOME}/letters`);
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining(
				"letters/ada.txt (letters is a link now)",
			),
		});
		await goesOnBeside(on);
	});

	it.each([
		1, 2, 3, 4, 5,
	])("behind a link of the snapshot's own, after %i changes, finishes", async (last) => {
		const on = plainMachine();
		on.volume.renameSync(`${HOME}/letters`, "/elsewhere");
		on.volume.symlinkSync("/elsewhere", `${HOME}/letters`);
		await create(on);
		on.volume.unlinkSync(`${HOME}/letters`);
		put(on, "letters/ada.txt", "Dear Ada, no");
		put(on, "config.yaml", "model: two");
		const died = await diedHalfWay(on, (it) => restore(it, "1"), last);
		await recover(died);
		expect(died.volume.readlinkSync(`${HOME}/letters`)).toBe("/elsewhere");
	});

	it.each([
		1, 2, 3, 4,
	])("behind a link that gives way to a directory, after %i changes, finishes", async (last) => {
		const on = plainMachine();
		await create(on);
		on.volume.renameSync(`${HOME}/letters`, "/elsewhere");
		on.volume.symlinkSync("/elsewhere", `${HOME}/letters`);
		const died = await diedHalfWay(on, (it) => restore(it, "1"), last);
		await recover(died);
		expect(died.volume.lstatSync(`${HOME}/letters`).isDirectory()).toBe(true);
		expect(read(died, "letters/ada.txt")).toBe("Dear Ada");
	});
});

function forbids(on: Machine, path: string, code: string): void {
	const { open } = on.system.disk;
	on.system.disk.open = (full, how) => {
		if (full === `${HOME}/${path}`)
			throw Object.assign(new Error("no"), { code });
		return open(full, how);
	};
}

it("a recovery whom the disk refuses a file now accuses nobody, and can be tried again", async () => {
	const on = await interrupted();
	const { open } = on.system.disk;
	on.system.disk.open = (path, how, mode) => {
		if (path !== `${HOME}/config.yaml`) return open(path, how, mode);
		throw Object.assign(new Error("i/o error"), { code: "EIO" });
	};
	await expect(recover(on)).rejects.toMatchObject({
		code: "failed",
		message: expect.stringMatching(
			/the disk reported an error.*still half-way, and nothing was changed now/,
		),
	});
	on.system.disk.open = open;
	await recover(on);
	expect(read(on, "config.yaml")).toBe("model: one\n");
});
