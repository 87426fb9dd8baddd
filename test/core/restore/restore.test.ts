import { describe, expect, it } from "vitest";
import { MANY_FILES } from "../../../src/core/files/durable.ts";
import { restoreSnapshot } from "../../../src/core/restore/restore.ts";
import { create, listedIds, restore, undo } from "../../support/commands.ts";
import { homeState } from "../../support/home-state.ts";
import { rowsOf } from "../../support/memory-sqlite.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	STORE,
} from "../../support/plain-agent.ts";

/** All that can happen to a home, but for what is never put back. */
function change(on: Machine): void {
	const { volume } = on;
	putDatabase(on, "state.db", "no messages", "wal");
	put(on, "state.db-wal", "eleven messages");
	put(on, "config.yaml", "model: two", 0o644);
	volume.unlinkSync(`${HOME}/letters/ada.txt`);
	put(on, "letters/ada.txt/in a directory.txt", "x");
	volume.unlinkSync(`${HOME}/letters/bob.txt`);
	volume.symlinkSync("/etc/passwd", `${HOME}/letters/bob.txt`);
	put(on, "letters/new/eve.txt", "Dear Eve");
	volume.chmodSync(`${HOME}/letters`, 0o755);
	put(on, "deep/down/note.txt", "came since");
}

describe("restoring", () => {
	it("puts everything back as it was, and undo takes that back", async () => {
		const on = plainMachine();
		put(on, "deep/down/other.txt", "never captured");
		await create(on);
		const old = homeState(on);
		change(on);
		const changed = homeState(on);
		await restore(on, "1");
		expect(homeState(on)).toEqual(old);
		await undo(on);
		expect(homeState(on)).toEqual(changed);
		await undo(on);
		expect(homeState(on)).toEqual(old);
	});

	it.each([
		["at once", true],
		["one by one, where that cannot be had", false],
	])("makes many files durable before it begins: %s", async (_, barrier) => {
		const on = plainMachine();
		const names = Array.from({ length: MANY_FILES }, (_, n) => `n${n}.txt`);
		for (const name of names) put(on, `letters/${name}`, name, 0o400);
		await create(on);
		const old = homeState(on);
		for (const name of names) on.volume.unlinkSync(`${HOME}/letters/${name}`);
		const calls: string[] = [];
		on.before = (call) => calls.push(call);
		on.system.disk.syncAll = (directory) => {
			calls.push(`all of ${directory}`);
			return barrier;
		};
		await restore(on, "1");
		expect(homeState(on)).toEqual(old);
		const staged = `${STORE}/.restore/new`;
		const commit = calls.findIndex((call) => /^rename .*journal/.test(call));
		const at = calls.indexOf(`all of ${staged}`);
		expect(at).toBeGreaterThan(0);
		expect(at).toBeLessThan(commit);
		const between = calls
			.slice(at, commit)
			.filter((call) => /^sync /.test(call));
		expect(between.length > MANY_FILES).toBe(!barrier);
	});

	it("lets Ctrl-C in behind its commit point, and goes on to its end", async () => {
		const on = plainMachine();
		put(on, "deep/down/other.txt", "never captured");
		await create(on);
		const old = homeState(on);
		change(on);
		const ending = new AbortController();
		let phase = "";
		const progress = {
			begin(name: string) {
				phase = name;
			},
			at: () => {},
			add: () => on.clock.advance(100),
			end: () => {},
		};
		const { clock } = on.system;
		const sleep = async () => {
			if (phase === "restoring") ending.abort();
		};
		const system = { ...on.system, clock: { ...clock, sleep } };
		const patience = {
			signal: ending.signal,
			deadline: undefined,
			progress,
		};
		await restoreSnapshot(agentOn({ ...on, system }, { patience }), {
			target: { ref: "1" },
			dryRun: false,
			include: [],
			select: [],
			undo: true,
		});
		expect(ending.signal.aborted).toBe(true);
		expect(homeState(on)).toEqual(old);
	});

	it("makes the directories above a file, and undo removes those that it made", async () => {
		const on = plainMachine();
		put(on, "deep/down/note.txt", "x");
		await create(on);
		on.volume.rmSync(`${HOME}/deep`, { recursive: true });
		await restore(on, "1");
		expect(read(on, "deep/down/note.txt")).toBe("x");
		await undo(on);
		expect(exists(on, "deep")).toBe(false);
	});

	it("leaves what was never looked for as it is now", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "diary.txt", "a new page");
		put(on, "logs/today.log", "new");
		change(on);
		await restore(on, "1");
		expect(read(on, "diary.txt")).toBe("a new page");
		expect(read(on, "logs/today.log")).toBe("new");
	});

	it("removes the log of a database, which SQLite would replay over it", async () => {
		const on = plainMachine();
		await create(on);
		for (const suffix of ["-wal", "-shm", "-journal"])
			put(on, `state.db${suffix}`, "stale");
		await restore(on, "1");
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("ten messages");
		expect(exists(on, "state.db-wal")).toBe(false);
	});

	it("writes into a database that is held open, and renames nothing over it", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		const inode = () => on.volume.statSync(`${HOME}/state.db`).ino;
		const before = inode();
		on.holders = new Map([
			[`${HOME}/state.db-wal`, [{ pid: 7, command: "plain", isGone: false }]],
		]);
		await restore(on, "1");
		expect(inode()).toBe(before);
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("ten messages");
	});

	it("puts a database back in the journal mode that it was in", async () => {
		const on = plainMachine();
		putDatabase(on, "state.db", "ten messages", "wal");
		await create(on);
		putDatabase(on, "state.db", "none");
		await restore(on, "1");
		expect((on.volume.readFileSync(`${HOME}/state.db`) as Buffer)[18]).toBe(2);
	});

	it("changes nothing when nothing differs, and makes no undo snapshot", async () => {
		const on = plainMachine();
		await create(on);
		const outcome = await restore(on, "1");
		expect(outcome).toMatchObject({ plan: { steps: [] }, undo: undefined });
		expect(listedIds(on)).toHaveLength(1);
	});

	it("changes nothing in a dry run, and makes no undo snapshot", async () => {
		const on = plainMachine();
		await create(on);
		change(on);
		const before = homeState(on);
		const { plan } = await restore(on, "1", { dryRun: true });
		expect(plan.steps.length).toBeGreaterThan(5);
		expect(homeState(on)).toEqual(before);
		expect(on.volume.readdirSync(STORE)).toEqual([
			".lock.db",
			".sizes.json",
			...listedIds(on),
		]);
	});

	it("takes no undo snapshot when it is told so", async () => {
		const on = plainMachine();
		await create(on);
		change(on);
		expect((await restore(on, "1", { undo: false })).undo).toBeUndefined();
		expect(listedIds(on)).toHaveLength(1);
	});

	it("shifts no number", async () => {
		const on = plainMachine();
		for (const label of ["one", "two", "three"]) {
			put(on, "config.yaml", label);
			await create(on, label);
		}
		await restore(on, "2");
		expect(read(on, "config.yaml")).toBe("two");
		await restore(on, "3");
		expect(read(on, "config.yaml")).toBe("one");
	});

	it("never prunes the snapshot that it restores, nor what people made", async () => {
		const on = plainMachine();
		for (let count = 0; count < 5; count++) {
			put(on, "config.yaml", `model: ${count}`);
			await create(on);
		}
		for (const ref of ["5", "4", "3", "2", "5", "4"]) await restore(on, ref);
		const undos = listedIds(on).filter((id) => id.endsWith("before-restore"));
		expect(undos).toHaveLength(3);
		expect(listedIds(on)).toHaveLength(8);
	});

	it("moves a ruined database aside, and destroys nothing of it", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "state.db", Buffer.alloc(300));
		await restore(on, "1");
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("ten messages");
		const [when] = on.volume.readdirSync(`${STORE}/quarantine`);
		expect(exists(on, `state-snapshots/quarantine/${when}/state.db`)).toBe(
			true,
		);
	});
});

describe("login tokens and running state", () => {
	it("stay as they are, and are named", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "token.json", '{"refresh":"second"}');
		put(on, "running.json", '{"pid":2}');
		put(on, "config.yaml", "model: two");
		const { plan } = await restore(on, "1");
		expect(read(on, "token.json")).toContain("second");
		expect(read(on, "running.json")).toContain("2");
		expect(plan.leftAlone.map(({ path }) => path)).toEqual([
			"running.json",
			"token.json",
		]);
	});

	it.each([
		[
			"it is missing",
			(on: Machine) => on.volume.unlinkSync(`${HOME}/token.json`),
		],
		["it is empty", (on: Machine) => put(on, "token.json", "")],
		["it is cut short", (on: Machine) => put(on, "token.json", '{"refr')],
	])("go back when %s", async (_, ruin) => {
		const on = plainMachine();
		await create(on);
		ruin(on);
		await restore(on, "1");
		expect(read(on, "token.json")).toContain("first");
	});

	it("go back when they are named, and undo takes that back too", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "token.json", '{"refresh":"second"}');
		await restore(on, "1", { include: ["token.json"] });
		expect(read(on, "token.json")).toContain("first");
		await undo(on);
		expect(read(on, "token.json")).toContain("second");
	});

	it("are not put back by an undo that has only a mode to set above them", async () => {
		const on = plainMachine();
		put(on, "tokens/github.json", '{"refresh":"first"}');
		await create(on);
		on.volume.chmodSync(`${HOME}/tokens`, 0o755);
		await restore(on, "1");
		put(on, "tokens/github.json", '{"refresh":"second"}');
		put(on, "letters/new.txt", "not the restore's business");
		await undo(on);
		expect(read(on, "tokens/github.json")).toContain("second");
		expect(exists(on, "letters/new.txt")).toBe(true);
	});
});
