import { describe, expect, it } from "vitest";
import type { Host } from "../../../src/core/home/host.ts";
import { layoutOf, placesOf } from "../../../src/core/home/layout.ts";
import { databaseFile } from "../../support/memory-sqlite.ts";
import { type Machine, machine } from "../../support/memory-system.ts";
import { say } from "../../support/say.ts";

/** Its settings lie beside its home, and its models in the place for data. */
const spread: Host = {
	name: "spread",
	title: "Spread",
	home: { variable: "SPREAD_HOME", place: ".spread" },
	roots: {
		user: { variable: "SPREAD_HOME", place: "" },
		data: { variable: "XDG_DATA_HOME", place: ".local/share", below: "spread" },
	},
	movedBy: { SPREAD_LETTERS: "its letters" },
	critical: [
		{ path: "notes" },
		{ root: "user", path: ".spread.json" },
		{ root: "data", path: "spread.db", database: true },
	],
	nestedHomes: ["profiles/*"],
	except: ["notes/*.lock"],
	common: [],
	processes: [],
	rebuildable: [],
	history: [],
	afterRestore: "Restart Spread.",
	installation: {
		program: "spread",
		add: [],
		remove: [],
		signs: [],
		traces: [],
		afterwards: "",
	},
};

const ADA = "/home/ada";

describe("the places of a host's state", () => {
	it("are the usual ones, or where its variables say", () => {
		expect(placesOf(spread, {}, ADA)).toEqual({
			home: `${ADA}/.spread`,
			roots: { user: ADA, data: `${ADA}/.local/share/spread` },
		});
		const moved = { SPREAD_HOME: "/srv/spread", XDG_DATA_HOME: "/srv/data" };
		expect(placesOf(spread, moved, ADA)).toEqual({
			home: "/srv/spread",
			roots: { user: "/srv/spread", data: "/srv/data/spread" },
		});
	});

	it("are as if the variable said what a person named", () => {
		const { home, roots } = placesOf(spread, {}, ADA, "/mnt/old/.spread");
		expect([home, roots.user]).toEqual([
			"/mnt/old/.spread",
			"/mnt/old/.spread",
		]);
		const usual = placesOf(
			spread,
			{ SPREAD_HOME: "/x" },
			ADA,
			`${ADA}/.spread`,
		);
		expect(usual.roots.user).toBe(ADA);
	});
});

/** Its database lies in its home, unless a variable says otherwise. */
const movable: Host = {
	...spread,
	name: "movable",
	roots: { data: { variable: "DATA_HOME" } },
	critical: [{ path: "notes" }, { root: "data", path: "m.db", database: true }],
	nestedHomes: [],
	except: [],
};

describe("a directory that lies in the home unless it was moved", () => {
	const { system } = machine();
	const pathsFor = (environment: Record<string, string>) => {
		const places = placesOf(movable, environment, ADA);
		const { home, host } = layoutOf(system.disk, movable, places);
		return [home, ...host.critical.map(({ path }) => path)];
	};

	it.each([
		[{}, [`${ADA}/.spread`, "notes", "m.db"]],
		[{ SPREAD_HOME: "/srv/s" }, ["/srv/s", "notes", "m.db"]],
		[{ DATA_HOME: `${ADA}/.spread` }, [`${ADA}/.spread`, "notes", "m.db"]],
		[
			{ DATA_HOME: `${ADA}/.spread/deep/db` },
			[`${ADA}/.spread`, "notes", "deep/db/m.db"],
		],
		[{ DATA_HOME: `${ADA}/db` }, [ADA, ".spread/notes", "db/m.db"]],
		[
			{ DATA_HOME: "/srv/db" },
			["", `${ADA.slice(1)}/.spread/notes`, "srv/db/m.db"],
		],
	])("%j", (environment, expected) => {
		expect(pathsFor(environment)).toEqual(expected);
	});

	it("is saved where it lies, and a snapshot of another place is not put back into wrong ones", async () => {
		const on = machine();
		const files = { ".spread/notes/one.md": "first", "db/m.db": "" };
		for (const [name, content] of Object.entries(files)) {
			const path = `${ADA}/${name}`;
			on.volume.mkdirSync(path.slice(0, path.lastIndexOf("/")), {
				recursive: true,
			});
			on.volume.writeFileSync(path, content || databaseFile("ten", "delete"));
		}
		const moved = placesOf(movable, { DATA_HOME: `${ADA}/db` }, ADA);
		const there = { host: movable, places: moved };
		expect((await say(on, "create", there)).data).toMatchObject({
			snapshot: { files: 2 },
		});
		const here = { host: movable, places: placesOf(movable, {}, ADA) };
		on.volume.writeFileSync(`${ADA}/.spread/notes/one.md`, "second");
		for (const words of ["restore 1", "restore 1 --at-next-start"]) {
			const reply = await say(on, words, here);
			expect(reply).toMatchObject({ ok: false, exitCode: 1 });
			expect(reply.text).toContain("Set SPREAD_HOME, DATA_HOME as it was then");
		}
		const { text } = await say(on, "doctor movable", here);
		expect(text).toMatch(/PROBLEM +snapshots .*elsewhere/);
		expect(text).toContain("there is no good snapshot");
		expect(on.volume.readdirSync(`${ADA}/.spread`)).toEqual([
			"notes",
			"state-snapshots",
		]);
		const note = `${ADA}/.spread/notes/one.md`;
		expect(String(on.volume.readFileSync(note))).toBe("second");
		expect((await say(on, "restore 1", there)).text).toContain("Restored");
	});

	it("keeps an interrupted restore from being finished elsewhere", async () => {
		const on = spreadMachine();
		const there = { host: spread, places };
		await say(on, "create", there);
		const store = `${ADA}/.spread/state-snapshots`;
		on.volume.mkdirSync(`${store}/.restore`);
		on.volume.writeFileSync(
			`${store}/.restore/journal.json`,
			JSON.stringify({
				formatVersion: 1,
				snapshot: "20261121-000000",
				startedAt: "2026-11-21T00:00:00Z",
				store: "elsewhere/state-snapshots",
				steps: [],
			}),
		);
		const reply = await say(on, "recover", there);
		expect(reply.ok).toBe(false);
		expect(reply.text).toContain(
			"Set it as it was then, and /snapshot recover",
		);
	});
});

it("a variable that moves some of it to where nothing is looked for is told of", async () => {
	const on = spreadMachine();
	const moved = placesOf(spread, { SPREAD_LETTERS: "/srv/letters" }, ADA);
	const here = { host: spread, places: moved };
	expect((await say(on, "create", here)).text).toContain(
		"WARNING: SPREAD_LETTERS moves its letters elsewhere: it is NOT in this snapshot",
	);
	const { text, exitCode } = await say(on, "doctor spread", here);
	expect(exitCode).toBe(1);
	expect(text).toMatch(/PROBLEM +coverage +SPREAD_LETTERS moves its letters/);
	for (const taken of ["notes/letters", `${ADA}/.spread/notes`, ""])
		expect(
			placesOf(spread, { SPREAD_LETTERS: taken }, ADA).movedBy,
		).toBeUndefined();
	const unset = { host: spread, places: placesOf(spread, {}, ADA) };
	expect((await say(on, "create --force", unset)).text).not.toContain("WARN");
});

/** The state of Spread in its three places. */
function spreadMachine(): Machine {
	const on = machine();
	const files = {
		".spread/notes/one.md": "first",
		".spread/notes/x.lock": "",
		".spread/profiles/job/notes/two.md": "second",
		".spread.json": "{}",
		"letters/mine.txt": "none of Spread's business",
		".local/share/spread/spread.db": databaseFile("ten models", "delete"),
	};
	for (const [name, content] of Object.entries(files)) {
		const path = `${ADA}/${name}`;
		on.volume.mkdirSync(path.slice(0, path.lastIndexOf("/")), {
			recursive: true,
		});
		on.volume.writeFileSync(path, content);
	}
	return on;
}

const places = placesOf(spread, {}, ADA);

describe("the layout of a host with several directories", () => {
	it("is one tree, with the snapshots in the agent's own home", () => {
		const { system } = spreadMachine();
		const { home, storeIn, host } = layoutOf(system.disk, spread, places);
		expect([home, storeIn]).toEqual([ADA, `${ADA}/.spread`]);
		expect(host.critical.map(({ path }) => path)).toEqual([
			".spread/notes",
			".spread/profiles/*/notes",
			".spread.json",
			".local/share/spread/spread.db",
		]);
		expect(host.except).toEqual([
			".spread/notes/*.lock",
			".spread/profiles/*/notes/*.lock",
			".spread/state-snapshots",
		]);
	});

	it("knows there, too, what an update takes over", () => {
		const { system } = spreadMachine();
		const imported = [{ path: "*/old.json", into: "*/new.db", what: "note" }];
		const { host } = layoutOf(system.disk, { ...spread, imported }, places);
		expect(host.imported).toEqual([
			{ path: ".spread/*/old.json", into: ".spread/*/new.db", what: "note" },
		]);
	});

	it("is the home itself where that is the only one", () => {
		const { system } = spreadMachine();
		const { roots: _, ...single } = spread;
		const critical = [{ path: "notes" }];
		const host = { ...single, critical };
		const layout = layoutOf(system.disk, host, placesOf(host, {}, ADA));
		expect(layout.home).toBe(`${ADA}/.spread`);
		expect(layout.host.critical).toEqual(critical);
	});

	it("follows the links that lead to them, before anything is captured", () => {
		const on = spreadMachine();
		on.volume.renameSync(`${ADA}/.spread`, `${ADA}/dotfiles`);
		on.volume.symlinkSync(`${ADA}/dotfiles`, `${ADA}/.spread`);
		const { storeIn, host } = layoutOf(on.system.disk, spread, places);
		expect(storeIn).toBe(`${ADA}/dotfiles`);
		expect(host.critical[0]?.path).toBe("dotfiles/notes");
	});

	it("knows where a directory will be that is not there yet", () => {
		const on = spreadMachine();
		on.volume.rmSync(`${ADA}/.local`, { recursive: true });
		const { home, host } = layoutOf(on.system.disk, spread, places);
		expect(home).toBe(ADA);
		expect(host.critical.at(-1)?.path).toBe(".local/share/spread/spread.db");
	});
});

it("one snapshot holds what lies in all of them, and a restore puts all of it back", async () => {
	const on = spreadMachine();
	const here = { host: spread, places };
	expect((await say(on, "create", here)).data).toMatchObject({
		snapshot: { files: 4 },
	});
	on.volume.writeFileSync(`${ADA}/.spread.json`, '{"lost":true}');
	on.volume.unlinkSync(`${ADA}/.local/share/spread/spread.db`);
	on.volume.writeFileSync(`${ADA}/.spread/notes/one.md`, "other");
	const reply = await say(on, "restore 1", here);
	expect(reply.text).toContain("Restored snapshot 1");
	const text = (path: string) =>
		String(on.volume.readFileSync(`${ADA}/${path}`));
	expect(text(".spread.json")).toBe("{}");
	expect(text(".spread/notes/one.md")).toBe("first");
	expect(text(".local/share/spread/spread.db")).toContain("ten models");
	expect(text("letters/mine.txt")).toBe("none of Spread's business");
});

it("a snapshot that names a path in the store is damaged, wherever the store lies", async () => {
	const on = spreadMachine();
	const here = { host: spread, places };
	await say(on, "create", here);
	const [id] = on.volume
		.readdirSync(`${ADA}/.spread/state-snapshots`)
		.map(String)
		.filter((name) => /^\d/.test(name));
	const manifest = `${ADA}/.spread/state-snapshots/${id}/manifest.json`;
	const text = String(on.volume.readFileSync(manifest));
	const { checksum: _, ...rest } = JSON.parse(text);
	const twisted = JSON.stringify(rest)
		.replaceAll(".spread/notes/one.md", ".spread/state-snapshots/config.json")
		.replaceAll(`"${".spread/notes"}"`, '".spread"');
	on.volume.writeFileSync(manifest, twisted);
	const reply = await say(on, "restore 1", here);
	expect(reply).toMatchObject({ ok: false, exitCode: 1 });
	expect(reply.text).toContain("Nothing was changed");
});
