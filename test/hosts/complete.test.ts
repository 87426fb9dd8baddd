import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Host, OtherRoot, StateItem } from "../../src/core/host.ts";
import { whyUnsafe } from "../../src/core/paths.ts";
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
	const host = known[name];
	if (host === undefined)
		throw new Error(`${name} has no line in src/hosts/index.ts`);

	it("is called like its folder", () => {
		expect(host.name).toBe(name);
	});

	it("names a home that a variable can move", () => {
		const places: OtherRoot[] = [host.home, ...Object.values(host.roots ?? {})];
		for (const { variable, place = "", below = "" } of places) {
			expect(variable).toMatch(/^[A-Z_]+$/);
			for (const part of [place, below].filter(Boolean))
				expect(whyUnsafe(part), part).toBeUndefined();
		}
	});

	it("takes something, by paths below its directories", () => {
		expect(host.critical.length).toBeGreaterThan(0);
		for (const { root: directory, path: item } of host.critical) {
			expect(whyUnsafe(item), item).toBeUndefined();
			if (directory !== undefined)
				expect(Object.keys(host.roots ?? {})).toContain(directory);
		}
	});

	it("takes nothing twice", () => {
		const key = ({ root: directory = "", path: item }: StateItem) =>
			`${directory}/${item}`;
		const keys = host.critical.map(key);
		expect(keys.filter((one, index) => keys.indexOf(one) < index)).toEqual([]);
	});

	it("can be told to be running", () => {
		expect(host.processes.length).toBeGreaterThan(0);
	});

	it("says what to do after a restore and an installation, in sentences", () => {
		const { afterRestore, installation } = host;
		for (const text of [afterRestore, installation.afterwards])
			expect(text).toMatch(/^[A-Z].*\.$/);
	});

	it("says how our plugin gets in and out, and how that can be seen", () => {
		const { add, remove, entry, listed, signs } = host.installation;
		const ways = [add, remove].map((list) => list.length + (entry ? 1 : 0));
		expect(Math.min(...ways), "ways in and out").toBeGreaterThan(0);
		expect(signs.length + (entry || listed ? 1 : 0), "signs").toBeGreaterThan(
			0,
		);
	});

	it("is met by the contract: a face in test/hosts/faces.ts", () => {
		// Hermes' plugin is in Python: test/hosts/hermes-plugin.test.ts.
		const met = [...faces.map((face): string => face.name), "hermes"];
		expect(met).toContain(name);
	});

	it("is met for real: test/hosts/real", () => {
		const met = fs
			.readdirSync(path.join(root, "test/hosts/real"))
			.map((file) => read(`test/hosts/real/${file}`))
			.some((script) => script.includes(`name: "${name}"`));
		// Hermes' is not to be had by npm.
		expect(met || name === "hermes", "an agent of that name").toBe(true);
	});

	it("registers in a file that one reads at a glance", () => {
		const plugin = path.join(root, "src/hosts", name, "plugin.ts");
		if (!fs.existsSync(plugin)) return; // its registration is data: hooks and manifests
		const lines = fs.readFileSync(plugin, "utf8").split("\n").length - 1;
		expect(lines, plugin).toBeLessThanOrEqual(60);
	});

	it("says in docs/agents.md what is saved, path by path", () => {
		const section = read("docs/agents.md").split(`\n### ${host.title}\n`)[1];
		const blocks = section?.split("\n\n") ?? [];
		const lists = blocks.find((block) => block.startsWith("- ")) ?? "";
		const told = [...lists.matchAll(/`([^`]+)`/g)].map(([, item]) => item);
		const items = [...host.critical, ...host.history];
		const paths = items.map(({ root: directory, path: item }) => {
			const { place, below = "" } = host.roots?.[directory ?? ""] ?? {};
			return place === undefined
				? item
				: ["~", place, below, item].filter(Boolean).join("/");
		});
		expect(told.toSorted()).toEqual(paths.toSorted());
	});

	it("is told of in docs/agents.md, and in the README's table with how it is installed", () => {
		expect(read("docs/agents.md")).toContain(`| ${host.title} |`);
		const row = read("README.md")
			.split("\n")
			.find((line) => line.includes(`| \`install ${name}\` |`));
		expect(row, `a row of the README with install ${name}`).toContain(
			host.title,
		);
	});
});
