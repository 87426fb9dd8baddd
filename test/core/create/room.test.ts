import { describe, expect, it } from "vitest";
import { neededInside } from "../../../src/core/create/room.ts";
import { settle } from "../../../src/core/recover/settle.ts";
import { create, recover, restore } from "../../support/commands.ts";
import { diedHalfWay } from "../../support/crash-scenes.ts";
import { homeState } from "../../support/home-state.ts";
import { rowsOf } from "../../support/memory-sqlite.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";

const MB = 1_000_000;

describe("the room that SQLite takes beside a live database", () => {
	it.each<
		[what: string, mode: string, now: number, wanted: number, MB: number]
	>([
		["the new content, in a write-ahead log", "wal", 8, 8, 8],
		["not the old content, in a write-ahead log", "wal", 8, 0, 0],
		["the old content, in a rollback journal", "delete", 8, 0, 8],
		["what the database grows by, too", "wal", 1, 8, 8 + 7],
		["what the database grows by, too", "delete", 1, 8, 1 + 7],
	])("is that of %s (%s, %i MB → %i MB)", (_, journalMode, now, wanted, megabytes) => {
		const live = { size: now * MB, journalMode };
		const needed = neededInside(live, wanted * MB);
		expect(needed).toBeGreaterThanOrEqual(megabytes * MB);
		expect(needed).toBeLessThanOrEqual(megabytes * MB * 1.06);
	});

	it("is asked for before anything is changed", async () => {
		const on = plainMachine();
		putDatabase(on, "state.db", "old ".repeat(2000), "wal");
		await create(on);
		putDatabase(on, "state.db", "new", "wal");
		const before = homeState(on);
		on.freeBytes = 16_000; // the new file and not its log
		const attempt = () => restore(on, "1", { ignoreReserve: true });
		await expect(attempt()).rejects.toMatchObject({ code: "no-space" });
		expect(homeState(on)).toEqual(before);
		on.freeBytes = 30_000;
		await attempt();
	});
});

describe("a restore without an undo", () => {
	/** A large database now, a small one in the snapshot; the disk would not take a copy of the large one. */
	async function crowded(rows = "version 1 ".repeat(2000)): Promise<Machine> {
		const on = plainMachine();
		putDatabase(on, "state.db", "version 1");
		await create(on);
		putDatabase(on, "state.db", rows);
		on.freeBytes = 1_000_000;
		return on;
	}

	it("needs no room for a copy of a database that is certain to be another", async () => {
		const on = await crowded("version 1 ".repeat(20_000));
		on.freeBytes = 250_000; // SQLite keeps the old content until it has committed
		await restore(on, "1", { undo: false });
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("version 1");
	});

	it("puts no foreign schema under a running owner, all the same", async () => {
		const on = await crowded("version 2 ".repeat(20_000));
		on.freeBytes = 250_000;
		on.elsewhere.open.add(`${HOME}/state.db`);
		await expect(restore(on, "1", { undo: false })).rejects.toMatchObject({
			message: expect.stringContaining("is made differently"),
		});
	});

	it("copies one database at a time to compare it", async () => {
		const on = await crowded();
		putDatabase(on, "boards/one.db", "rows");
		on.freeBytes = 50e9;
		const copies = new Set<string>();
		let most = 0;
		on.before = (call) => {
			const [what, path = ""] = call.split(" ");
			if (!path.includes("/undo/") || !path.endsWith(".db")) return;
			if (what === "unlink") copies.delete(path);
			else copies.add(path);
			most = Math.max(most, copies.size);
		};
		await restore(on, "1", { undo: false });
		expect(most).toBe(1);
	});

	it("is refused without the hint to do without an undo", async () => {
		const on = await crowded();
		on.freeBytes = 0;
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "no-space",
			hint: expect.stringContaining("--no-undo"),
		});
		await expect(restore(on, "1", { undo: false })).rejects.toMatchObject({
			code: "no-space",
			hint: expect.not.stringContaining("--no-undo"),
		});
	});

	it("accuses nobody when it died while SQLite wrote, and can be finished", async () => {
		const on = await crowded("version 1 ".repeat(20_000));
		on.freeBytes = 250_000;
		const died = await diedHalfWay(
			on,
			(dying) => restore(dying, "1", { undo: false }),
			1,
		);
		// As SQLite leaves it when it is killed: a log of what was never committed, which `rowsOf` cannot know of.
		putDatabase(died, "state.db", "version 1 ".repeat(20_000), "wal");
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringMatching(
				/interrupted \(it began [^)]+\)\. Whether .* to state\.db cannot be known: the old content was not recorded, because --no-undo/,
			),
			hint: expect.not.stringContaining("--no-undo"),
		});
		expect(died.volume.existsSync(`${STORE}/.restore/probe.db`)).toBe(false);
		died.freeBytes = 50e9;
		await settle(agentOn(died), "finish");
		expect(rowsOf(died.volume, `${HOME}/state.db`)).toBe("version 1");
	});

	it("that removes a large database finishes by itself where nothing was written since", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "boards/came-since.db", "rows ".repeat(50_000));
		put(on, "config.yaml", "model: two");
		on.freeBytes = 250_000;
		const died = await diedHalfWay(
			on,
			(dying) => restore(dying, "1", { undo: false }),
			1,
		);
		await recover(died);
		expect(died.volume.existsSync(`${HOME}/boards/came-since.db`)).toBe(false);
	});
});
