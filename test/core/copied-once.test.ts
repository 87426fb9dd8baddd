import { describe, expect, it } from "vitest";
import { capture } from "../../src/core/capture/capture.ts";
import { noCopies } from "../../src/core/capture/copies.ts";
import { readManifest } from "../../src/core/store/store.ts";
import type { Sqlite } from "../../src/system/system.ts";
import { create, restore } from "../support/commands.ts";
import { rowsOf } from "../support/memory-sqlite.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";

const INTO = "/into";

/** Which databases are pinned, and what happens meanwhile. */
function watched(on: Machine) {
	const pinned = new Set<string>();
	const events: string[] = [];
	const { sqlite } = on.system;
	const tell = (what: string) =>
		events.push(`${what}, pinned: ${[...pinned].join(" ") || "none"}`);
	const pin: Sqlite["pin"] = async (path, patience) => {
		const made = await sqlite.pin(path, patience);
		const name = path.replace(`${HOME}/`, "");
		pinned.add(name);
		const release = () => {
			pinned.delete(name);
			made.release();
		};
		return { ...made, release };
	};
	const check: Sqlite["check"] = (path, ...rest) => {
		tell(`look through ${path.replace(`${INTO}/`, "")}`);
		return sqlite.check(path, ...rest);
	};
	on.before = (call) => {
		const [, copied] = call.match(/^create \/into\/(.*)$/) ?? [];
		if (copied !== undefined) tell(`copy ${copied}`);
	};
	return {
		events,
		system: { ...on.system, sqlite: { ...sqlite, pin, check } },
	};
}

const PATIENCE = { signal: new AbortController().signal, deadline: undefined };

const REQUEST = {
	home: HOME,
	coverage: { paths: ["a.db", "letters", "state.db", "z.db"], except: [] },
	into: INTO,
	expectDatabase: (path: string) => path.endsWith(".db"),
	cleared: () => [],
};

function threeDatabases(): Machine {
	const on = plainMachine();
	putDatabase(on, "a.db", "a", "wal");
	putDatabase(on, "z.db", "z");
	on.volume.mkdirSync(INTO);
	return on;
}

describe("while a database without a write-ahead log is pinned", () => {
	it("nothing is done but to copy databases, those with a log last", async () => {
		const { events, system } = watched(threeDatabases());
		await capture(system, REQUEST, PATIENCE);
		expect(events).toEqual([
			"copy letters/ada.txt, pinned: none",
			"copy letters/bob.txt, pinned: none",
			"copy z.db, pinned: a.db state.db z.db",
			"copy state.db, pinned: a.db state.db",
			"copy a.db, pinned: a.db",
			"look through z.db, pinned: none",
			"look through state.db, pinned: none",
			"look through a.db, pinned: none",
		]);
	});

	it("a file that moved is not copied, but before everything is pinned again", async () => {
		const on = threeDatabases();
		const { events, system } = watched(on);
		const tell = on.before;
		const needed: string[][] = [];
		on.before = (call, tear) => {
			tell(call, tear);
			if (call !== `create ${INTO}/letters/bob.txt` || needed.length > 1)
				return;
			put({ ...on, before: () => {} }, "letters/ada.txt", "Dearest Ada");
		};
		const { coherent } = await capture(
			system,
			{
				...REQUEST,
				beforeCopy: ({ members }) =>
					needed.push(members.map(({ path }) => path)),
			},
			PATIENCE,
		);
		expect(coherent).toBe(true);
		expect(events.slice(0, 4)).toEqual([
			"copy letters/ada.txt, pinned: none",
			"copy letters/bob.txt, pinned: none",
			"copy letters/ada.txt, pinned: none",
			"copy z.db, pinned: a.db state.db z.db",
		]);
		// Room is asked for once.
		expect(needed[1]).not.toContain("letters/bob.txt");
		expect(needed[1]).toContain("letters/ada.txt");
		expect(String(on.volume.readFileSync(`${INTO}/letters/ada.txt`))).toBe(
			"Dearest Ada",
		);
	});
});

it("takes a directory that became a file since the copies were made", async () => {
	const on = plainMachine();
	on.volume.mkdirSync(INTO);
	put(on, "letters/old/eve.txt", "Dear Eve");
	const request = { ...REQUEST, copies: noCopies() };
	await capture(on.system, request, PATIENCE);
	on.volume.rmSync(`${HOME}/letters/old`, { recursive: true });
	put(on, "letters/old", "a file now");
	const { entries } = await capture(on.system, request, PATIENCE);
	expect(entries).toContainEqual(
		expect.objectContaining({ path: "letters/old", kind: "file" }),
	);
	expect(on.volume.readdirSync(`${INTO}/letters`)).toEqual([
		"ada.txt",
		"bob.txt",
		"old",
	]);
});

describe("a restore whose agent commits before it is locked out", () => {
	/** Commits once, and does something else, when the first of the new files has been made. */
	async function disturbed(
		options: Parameters<typeof restore>[2],
		also: (on: Machine) => void = () => {},
	) {
		const on = plainMachine();
		putDatabase(on, "state.db", "ten messages", "wal");
		putDatabase(on, "boards/large.db", "large");
		await create(on);
		put(on, "config.yaml", "model: two");
		putDatabase(on, "state.db", "eleven messages", "wal");
		const copied: string[] = [];
		let isStaged = false;
		on.before = (call) => {
			const [what, path = ""] = call.split(" ");
			const [, inUndo] = path.match(/\/\.restore\/undo\/(.*)$/) ?? [];
			if (
				what === "create" &&
				inUndo?.includes("manifest.json") === false &&
				isStaged
			)
				copied.push(inUndo);
			if (isStaged || !/^create .*\/\.restore\/new\//.test(call)) return;
			isStaged = true;
			const agent = { ...on, before: () => {} };
			put(agent, "state.db-wal", "twelve messages");
			also(agent);
		};
		const pinned: string[] = [];
		const { sqlite } = on.system;
		const pin: Sqlite["pin"] = (path, patience) => {
			if (isStaged) pinned.push(path.replace(`${HOME}/`, ""));
			return sqlite.pin(path, patience);
		};
		const system = { ...on.system, sqlite: { ...sqlite, pin } };
		const { undo } = await restore({ ...on, system }, "1", options);
		expect(isStaged).toBe(true);
		const seal = undo === undefined ? undefined : manifestOf(on, undo);
		return { on, copied, pinned, undo: `${STORE}/${undo}`, seal };
	}

	const manifestOf = (on: Machine, id: string) => {
		const { system, store } = agentOn(on);
		return readManifest(system.disk, store, id);
	};

	it("copies only what has moved again, and the undo has all of it", async () => {
		const { on, copied, pinned, undo, seal } = await disturbed({});
		expect(pinned).toEqual(["state.db"]);
		expect(copied).toEqual(["state.db"]);
		expect(rowsOf(on.volume, `${undo}/state.db`)).toBe("twelve messages");
		expect(rowsOf(on.volume, `${undo}/boards/large.db`)).toBe("large");
		expect(String(on.volume.readFileSync(`${undo}/config.yaml`))).toBe(
			"model: two",
		);
		expect(seal?.entries.map(({ path }) => path)).toContain("boards/large.db");
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("ten messages");
	});

	it("does so without an undo, too, although its copies have gone", async () => {
		const { on, copied, pinned } = await disturbed({ undo: false });
		expect(pinned).toEqual(["state.db"]);
		expect(copied).toEqual(["state.db"]);
		expect(rowsOf(on.volume, `${HOME}/state.db`)).toBe("ten messages");
		expect(String(on.volume.readFileSync(`${HOME}/config.yaml`))).toBe(
			"model: one\n",
		);
	});

	it("has nothing in the undo that was not there any more, and modes as they are by then", async () => {
		const { on, undo, seal } = await disturbed({}, (agent) => {
			agent.volume.unlinkSync(`${HOME}/letters/ada.txt`);
			agent.volume.unlinkSync(`${HOME}/boards/large.db`);
			agent.volume.chmodSync(`${HOME}/letters/bob.txt`, 0o640);
		});
		expect(on.volume.readdirSync(`${undo}/letters`)).toEqual(["bob.txt"]);
		expect(on.volume.existsSync(`${undo}/boards`)).toBe(false);
		expect(seal?.entries).toContainEqual(
			expect.objectContaining({ path: "letters/bob.txt", mode: 0o640 }),
		);
	});

	it("takes a database again that was written to, whether it is locked or not", async () => {
		const { on, undo, pinned } = await disturbed({}, (agent) =>
			putDatabase(agent, "boards/large.db", "larger"),
		);
		expect(pinned).toContain("boards/large.db");
		expect(rowsOf(on.volume, `${undo}/boards/large.db`)).toBe("larger");
		expect(rowsOf(on.volume, `${HOME}/boards/large.db`)).toBe("large");
	});
});

describe("a link that an editor makes for a moment", () => {
	const link = `${HOME}/letters/.#note`;

	it.each([
		["is gone", "ENOENT"],
		["is a file", "EINVAL"],
	])("and that %s as it is read keeps nothing from being saved", async (what, code) => {
		const on = plainMachine();
		put(on, "letters/note", "dear");
		on.volume.symlinkSync("ada@host.1", link);
		const names = () => on.volume.readdirSync(`${HOME}/letters`).map(String);
		on.system.disk.readLink = (path) => {
			if (names().includes(".#note")) on.volume.unlinkSync(path);
			if (what === "is a file") on.volume.writeFileSync(path, "a file now");
			throw Object.assign(new Error(code), { code });
		};
		const { missed, snapshot } = await create(on);
		expect(missed).toMatchObject(
			what === "is gone" ? [] : [{ path: "letters/.#note", lost: true }],
		);
		expect(snapshot.complete).toBe(what === "is gone");
	});
});
