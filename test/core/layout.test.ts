import { describe, expect, it } from "vitest";
import type { Host } from "../../src/core/host.ts";
import { layoutOf, placesOf } from "../../src/core/layout.ts";
import { databaseFile } from "../support/memory-sqlite.ts";
import { type Machine, machine } from "../support/memory-system.ts";
import { say } from "../support/say.ts";

/** Its settings lie beside its home, and its models in the place for data. */
const spread: Host = {
	name: "spread",
	title: "Spread",
	home: { variable: "SPREAD_HOME", place: ".spread" },
	roots: {
		user: { variable: "SPREAD_HOME", place: "" },
		data: { variable: "XDG_DATA_HOME", place: ".local/share", below: "spread" },
	},
	critical: [
		{ path: "notes" },
		{ root: "user", path: ".spread.json" },
		{ root: "data", path: "spread.db", database: true },
	],
	nestedHomes: ["profiles/*"],
	except: ["notes/*.lock"],
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
