import { describe, expect, it } from "vitest";
import { neededInside } from "../../src/core/room.ts";
import { create, restore } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import { plainMachine, putDatabase } from "../support/plain-agent.ts";

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
