import { describe, expect, it } from "vitest";
import { DENIED } from "../../src/core/reasons.ts";
import { Occupancy } from "../../src/core/restore/occupancy.ts";
import { create, restore } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	putDatabase,
} from "../support/plain-agent.ts";

function refuses(on: Machine, code: string): void {
	on.system.sqlite.pin = () =>
		Promise.reject(Object.assign(new Error("unable to open"), { code }));
}

describe("a database that another user owns", () => {
	it.each([
		["it", `${HOME}/state.db`],
		["its directory", HOME],
	])("is not said to be held by anyone when this user may not write to %s", (_, closed) => {
		const on = plainMachine();
		on.system.disk.mayWrite = (path) => path !== closed;
		on.system.sqlite.isFree = () => {
			throw Object.assign(new Error("unable to open"), {
				code: "SQLITE_CANTOPEN",
			});
		};
		const occupancy = new Occupancy(agentOn(on), ["state.db"]);
		expect(occupancy.isHeld("state.db")).toBe(false);
	});

	it.each([
		"SQLITE_CANTOPEN",
		"SQLITE_READONLY_DIRECTORY",
		"SQLITE_IOERR_LOCK",
	])("cannot be saved for want of permission, and not of room (%s)", async (code) => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		const before = homeState(on);
		on.system.disk.mayWrite = (path) => path !== HOME;
		refuses(on, code);
		await expect(restore(on, "1")).rejects.toMatchObject({
			message: expect.stringContaining(DENIED),
			hint: expect.stringContaining("chown"),
		});
		expect(homeState(on)).toEqual(before);
		expect((await create(on)).missed).toMatchObject([{ why: DENIED }]);
	});
});

describe("a database that cannot be opened for want of file handles", () => {
	it("is not moved away, and the disk is not said to be full", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		const before = homeState(on);
		const { open } = on.system.disk;
		refuses(on, "SQLITE_CANTOPEN");
		// Those that are left are too few for SQLite.
		let left = 2;
		on.system.disk.open = (path, how, mode) => {
			if (path === HOME && how === "directory" && left-- <= 0)
				throw Object.assign(new Error("EMFILE"), { code: "EMFILE" });
			return open(path, how, mode);
		};
		await expect(restore(on, "1")).rejects.toMatchObject({
			message: expect.stringMatching(/state\.db .*: too many files are open/),
			hint: expect.stringContaining("more open files"),
		});
		expect(homeState(on)).toEqual(before);
	});
});

describe("a database that is locked for good", () => {
	it("can wait for the next start", async () => {
		const on = plainMachine();
		await create(on);
		putDatabase(on, "state.db", "eleven messages", "wal");
		refuses(on, "SQLITE_BUSY");
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
			hint: expect.stringMatching(/when it is free\. .*--at-next-start/),
		});
	});
});
