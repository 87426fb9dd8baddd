import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Host, OtherRoot, StateItem } from "../../src/core/home/host.ts";
import { whyUnsafe } from "../../src/core/home/paths.ts";
import { hosts } from "../../src/index.ts";
import { root } from "../support/paths.ts";
import { faces } from "./faces.ts";

/** What a host's folder has to bring along; each failure says what is missing, and where: see docs/adding-a-host.md. */
const folders = fs
	.readdirSync(path.join(root, "src/hosts"), { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);
const known: Readonly<Record<string, Host>> = hosts;

function read(page: string): string {
	return fs.readFileSync(path.join(root, page), "utf8");
}

it("src/hosts/index.ts knows every folder, and nothing else", () => {
	expect(Object.keys(known).toSorted()).toEqual(folders.toSorted());
});

describe.each(folders)("src/hosts/%s", (name) => {
	const missing = `src/hosts/${name}/host.ts, or its line in src/hosts/index.ts, is missing`;
	/** Without it each promise about it fails by itself, and the others are looked at. */
	const told = (what: string): Host => {
		const host = known[name];
		if (host === undefined)
			throw new Error(`${missing}: it has to say ${what}`);
		return host;
	};

	it("has a line in src/hosts/index.ts", () => {
		expect(Object.keys(known), missing).toContain(name);
	});

	it("is called like its folder", () => {
		expect(told("its name").name).toBe(name);
	});

	it("names a home that a variable can move", () => {
		const { home, roots = {} } = told("where its home is");
		const places: OtherRoot[] = [home, ...Object.values(roots)];
		for (const { variable, place = "", below = "" } of places) {
			expect(variable).toMatch(/^[A-Z_]+$/);
			for (const part of [place, below].filter(Boolean))
				expect(whyUnsafe(part), part).toBeUndefined();
		}
	});

	it("takes something, by paths below its directories", () => {
		const { critical, roots = {} } = told("what a snapshot takes");
		expect(critical.length).toBeGreaterThan(0);
		for (const { root: directory, path: item } of critical) {
			expect(whyUnsafe(item), item).toBeUndefined();
			if (directory !== undefined)
				expect(Object.keys(roots)).toContain(directory);
		}
	});

	it("takes nothing twice", () => {
		const key = ({ root: directory = "", path: item }: StateItem) =>
			`${directory}/${item}`;
		const keys = told("what a snapshot takes").critical.map(key);
		expect(keys.filter((one, index) => keys.indexOf(one) < index)).toEqual([]);
	});

	it("can be told to be running", () => {
		const { processes } = told("how its processes are called");
		expect(processes.length).toBeGreaterThan(0);
	});

	it("says what to do after a restore and an installation, in sentences", () => {
		const { afterRestore, installation } = told("what to do afterwards");
		for (const text of [afterRestore, installation.afterwards])
			expect(text).toMatch(/^[A-Z].*\.$/);
	});

	it("says how our plugin gets in and out, and how that can be seen", () => {
		const { installation } = told("how our plugin gets in and out");
		const { add, remove, entry, listed, signs } = installation;
		const ways = [add, remove].map((list) => list.length + (entry ? 1 : 0));
		expect(Math.min(...ways), "ways in and out").toBeGreaterThan(0);
		expect(signs.length + (entry || listed ? 1 : 0), "signs").toBeGreaterThan(
			0,
		);
	});

	it("registers our command: in a plugin.ts that one reads at a glance, a file of hooks, or a directory that is copied", () => {
		const plugin = `src/hosts/${name}/plugin.ts`;
		const isPlugin = fs.existsSync(path.join(root, plugin));
		const copied = known[name]?.installation.copy?.from;
		const ways = [isPlugin, hooksOf().includes(name), copied !== undefined];
		const nowhere = `${plugin}, a file of hooks that runs "hook.js ${name} EVENT", or installation.copy is missing`;
		expect(ways, nowhere).toContain(true);
		if (!isPlugin) return; // its registration is data
		const lines = read(plugin).split("\n").length - 1;
		expect(lines, plugin).toBeLessThanOrEqual(60);
	});

	it("is met by the contract: a face in test/hosts/faces.ts", () => {
		// Hermes' plugin is in Python: test/hosts/hermes-plugin.test.ts.
		const met = [...faces.map((face): string => face.name), "hermes"];
		expect(met, "a face of that name in test/hosts/faces.ts").toContain(name);
	});

	it("is met for real: test/hosts/real", () => {
		const met = fs
			.readdirSync(path.join(root, "test/hosts/real"))
			.map((file) => read(`test/hosts/real/${file}`))
			.some((script) => script.includes(`name: "${name}"`));
		const what = `a file in test/hosts/real with name: "${name}", and its line in agents.ts`;
		expect(met, what).toBe(true);
	});

	it("is told of in docs/agents.md", () => {
		const { title } = told("its title");
		expect(read("docs/agents.md"), "its row").toContain(`| ${title} |`);
	});

	it("says in docs/agents.md what is saved, path by path", () => {
		const { title, critical, history, roots } = told("what is saved");
		const section = read("docs/agents.md").split(`\n### ${title}\n`)[1];
		const blocks = section?.split("\n\n") ?? [];
		const lists = blocks.find((block) => block.startsWith("- ")) ?? "";
		const written = [...lists.matchAll(/`([^`]+)`/g)].map(([, item]) => item);
		const paths = [...critical, ...history].map(
			({ root: directory, path: item }) => {
				const { place, below = "" } = roots?.[directory ?? ""] ?? {};
				return place === undefined
					? item
					: ["~", place, below, item].filter(Boolean).join("/");
			},
		);
		expect(written.toSorted()).toEqual(paths.toSorted());
	});

	it("is told of in the README's table, with how it is installed", () => {
		const row = read("README.md")
			.split("\n")
			.find((line) => line.includes(`| \`install ${name}\` |`));
		expect(row, `a row of the README with install ${name}`).toBeDefined();
		expect(row).toContain(told("its title").title);
	});
});

/** The hosts that a file of hooks at the root runs our program for. */
function hooksOf(): string[] {
	const files = fs.globSync("{hooks,*/hooks}/*.json", { cwd: root }).map(read);
	const runs = files.flatMap((text) => [
		...text.matchAll(/hook\.js\\" ([a-z-]+) /g),
	]);
	return runs.map(([, name = ""]) => name);
}
