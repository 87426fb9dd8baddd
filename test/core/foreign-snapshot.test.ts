import { describe, expect, it } from "vitest";
import { restore, undo } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import { databaseFile, rowsOf } from "../support/memory-sqlite.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";

const ID = "20260501-100000-theirs";

/** A snapshot as Hermes makes it: files, and their sizes. */
function theirs(on: Machine, files: Record<string, string | Buffer>): void {
	for (const [path, content] of Object.entries(files))
		put(on, `state-snapshots/${ID}/${path}`, content, 0o644);
	const sizes = Object.entries(files).map(([path, { length }]) => [
		path,
		length,
	]);
	const manifest = {
		id: ID,
		timestamp: "20260501-100000",
		label: "theirs",
		file_count: sizes.length,
		total_size: 1,
		files: Object.fromEntries(sizes),
	};
	put(on, `state-snapshots/${ID}/manifest.json`, JSON.stringify(manifest));
}

describe("a snapshot that Hermes made", () => {
	it("is restored, and undone", async () => {
		const on = plainMachine();
		theirs(on, {
			"config.yaml": "model: theirs",
			"state.db": databaseFile("their rows", "wal"),
		});
		putDatabase(on, "state.db", "ours");
		const before = homeState(on);
		await restore(on, "1");
		expect(read(on, "config.yaml")).toBe("model: theirs");
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("their rows");
		await undo(on);
		expect(homeState(on)).toEqual(before);
	});

	it("removes nothing: it does not say what was absent", async () => {
		const on = plainMachine();
		theirs(on, { "config.yaml": "model: theirs", "letters/ada.txt": "theirs" });
		await restore(on, "1");
		expect(exists(on, "letters/bob.txt")).toBe(true);
		expect(exists(on, "state.db")).toBe(true);
	});

	it("leaves modes as they are: it does not say what they were", async () => {
		const on = plainMachine();
		put(on, "config.yaml", "model: one", 0o640);
		theirs(on, { "config.yaml": "model: theirs", "letters/new.txt": "new" });
		await restore(on, "1");
		const mode = (path: string) =>
			(on.volume.statSync(`${HOME}/${path}`).mode & 0o777).toString(8);
		expect(mode("config.yaml")).toBe("640");
		expect(mode("letters/new.txt")).toBe("600");
	});

	it("does not put back a login token that is sound", async () => {
		const on = plainMachine();
		theirs(on, { "token.json": '{"refresh":"theirs"}', "config.yaml": "x" });
		await restore(on, "1");
		expect(read(on, "token.json")).toContain("first");
	});

	it.each<[what: string, ruin: (on: Machine) => void, why: RegExp]>([
		[
			"is shorter than it says",
			(on) => put(on, `state-snapshots/${ID}/config.yaml`, ""),
			/0 bytes instead of 13/,
		],
		[
			"holds a ruined database",
			(on) => theirs(on, { "state.db": databaseFile("DAMAGED") }),
			/damaged database: row 7/,
		],
	])("is refused when it %s", async (_, ruin, why) => {
		const on = plainMachine();
		theirs(on, { "config.yaml": "model: theirs" });
		ruin(on);
		const before = homeState(on);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "damaged",
			message: expect.stringMatching(why),
		});
		expect(homeState(on)).toEqual(before);
	});
});
