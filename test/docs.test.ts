import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { findVerb, parseWords, VERBS } from "../src/commands/call/grammar.ts";
import { EXIT } from "../src/commands/call/reply.ts";
import { root } from "./support/paths.ts";

const GLOBAL_FLAGS = ["home", "host", "json", "progress", "version"];
const readme = read("README.md");
const pages = [
	...fs.readdirSync(root).filter((name) => name.endsWith(".md")),
	...markdownBelow("docs"),
];

describe("the documentation", () => {
	it("has the pages that a newcomer looks for", () => {
		const wanted = [
			"README.md",
			"ARCHITECTURE.md",
			"CHANGELOG.md",
			"CONTRIBUTING.md",
			"SECURITY.md",
			"docs/format.md",
		];
		expect(pages).toEqual(expect.arrayContaining(wanted));
		expect(read("LICENSE")).toContain("MIT License");
	});

	it.each(pages)("%s links only to what exists", (page) => {
		const broken = linksIn(read(page)).filter((link) => !leads(page, link));
		expect(broken).toEqual([]);
	});

	it.each(pages)("%s names no package registry", (page) => {
		const hosts =
			/npmjs|registry\.|yarnpkg|jsr\.io|pypi|ghcr\.io|docker\.io|crates\.io/i;
		expect(read(page)).not.toMatch(hosts);
	});

	it.each(pages)("%s names no path of one machine", (page) => {
		expect(read(page)).not.toMatch(
			/\/work\/|\/root\/|(?<!core)\/home\/|\/Users\//,
		);
	});

	it("tells nobody to run something outside the repository", () => {
		const outside = pages.filter((page) =>
			fencedLines(read(page)).some((line) => line.includes("../shared")),
		);
		expect(outside).toEqual([]);
	});

	it.each(pages)("%s shows only commands that are understood", (page) => {
		for (const words of commandsIn(read(page)))
			expect(() => parseWords(words), words.join(" ")).not.toThrow();
	});

	it.each(pages)("%s runs only scripts that package.json has", (page) => {
		const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(
			([, script = ""]) => script,
		);
		expect(Object.keys(packageJson.scripts)).toEqual(
			expect.arrayContaining(named),
		);
	});
});

describe("docs/reliability.md", () => {
	it("has a row for every destination that is tried", () => {
		const tried = fs.readFileSync(
			path.join(root, "test/end-to-end/destinations.test.ts"),
			"utf8",
		);
		const destinations = [...tried.matchAll(/over: "(.+)"/g)].map(
			([, over]) => over,
		);
		const rows = [...read("docs/reliability.md").matchAll(/^\| (.+?) \|/gm)];
		expect(destinations.length).toBeGreaterThan(11);
		expect(rows.map(([, first]) => first)).toEqual(
			expect.arrayContaining(destinations),
		);
	});
});

describe("docs/json.md", () => {
	it("has a row for every verb", () => {
		const rows = [
			...read("docs/json.md").matchAll(/^\| ([a-z, ]+?)(?: `.*?`)? \|/gm),
		];
		const named = rows.flatMap(([, first = ""]) => first.split(", "));
		const words = named.map((name) => name.split(" ")[0]);
		for (const { name } of VERBS) expect(words).toContain(name);
	});
});

describe("the manual page", () => {
	// Of a single name, which package.json may have, npm 11 links nothing.
	it("is named so that npm puts it where `man` looks", () => {
		expect(packageJson.man).toEqual(["dist/agent-snapshot.1"]);
	});
});

describe("the README", () => {
	it("is short", () => {
		expect(readme.split("\n").length).toBeLessThan(200);
	});

	it("has a row for every verb of plugin.json, and for no other", () => {
		const named = verbRows().map(({ name }) => name);
		expect(named.toSorted()).toEqual(VERBS.map(({ name }) => name).toSorted());
	});

	it.each(VERBS)("gives the flags and aliases of $name as they are", (verb) => {
		const row = verbRows().find(({ name }) => name === verb.name);
		const flags = Object.entries(verb.flags).map(([name, { value }]) =>
			value === undefined ? `--${name}` : `--${name} ${value}`,
		);
		expect(row?.flags.toSorted()).toEqual(flags.toSorted());
		for (const alias of verb.aliases) expect(row?.text).toContain(alias);
	});

	it("names no flag that does not exist", () => {
		const known = new Set([
			...GLOBAL_FLAGS,
			...VERBS.flatMap(({ flags }) => Object.keys(flags)),
		]);
		const named = [...readme.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(
			([, name = ""]) => name,
		);
		expect(named.filter((name) => !known.has(name))).toEqual([]);
		expect(named).toEqual(expect.arrayContaining(GLOBAL_FLAGS));
	});

	it("gives the exit codes as they are", () => {
		const codes = [...readme.matchAll(/^\| (\d+) \| /gm)].map(([, code]) =>
			Number(code),
		);
		expect(codes).toEqual(Object.values(EXIT));
	});

	it("says which Node is needed", () => {
		expect(packageJson.engines.node).toBe(">=22.15");
		expect(readme).toContain("22.15");
	});
});

describe("ARCHITECTURE.md", () => {
	it("shows every file of src, and no other", () => {
		const shown = filesInTree(read("ARCHITECTURE.md"));
		const there = fs
			.readdirSync(path.join(root, "src"), { recursive: true })
			.map((name) => String(name).replaceAll(path.sep, "/"))
			.filter((name) => name.endsWith(".ts"));
		expect(shown.toSorted()).toEqual(there.toSorted());
	});
});

describe("CHANGELOG.md", () => {
	it("speaks of the version in package.json", () => {
		const changelog = read("CHANGELOG.md");
		expect(changelog).toContain("## Unreleased");
		expect(changelog).toContain(packageJson.version);
	});
});

describe("docs/decisions", () => {
	const records = markdownBelow("docs/decisions");

	it("numbers them without a gap", () => {
		const numbers = records.map((page) => path.basename(page).slice(0, 4));
		const counted = records.map((_, index) => `${index + 1}`.padStart(4, "0"));
		expect(numbers).toEqual(counted);
	});

	it.each(records)("%s has context, decision and consequences", (page) => {
		const text = read(page);
		expect(text.startsWith(`# ${path.basename(page).slice(0, 4)} `)).toBe(true);
		const headings = [...text.matchAll(/^## (\w+)/gm)].map(([, name]) => name);
		expect(headings).toEqual(["Context", "Decision", "Consequences"]);
		expect(text.split("\n").length).toBeLessThanOrEqual(41);
	});
});

function read(page: string): string {
	return fs.readFileSync(path.join(root, page), "utf8");
}

function markdownBelow(folder: string): string[] {
	return fs
		.readdirSync(path.join(root, folder), { recursive: true })
		.map((name) => `${folder}/${String(name).replaceAll(path.sep, "/")}`)
		.filter((name) => name.endsWith(".md"))
		.sort();
}

function linksIn(text: string): string[] {
	return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
}

/** The file exists, and the heading in it. Links to elsewhere are not followed. */
function leads(page: string, link: string): boolean {
	if (/^[a-z]+:/i.test(link)) return true;
	const [file = "", heading] = link.split("#");
	const target = file === "" ? page : path.posix.join(path.dirname(page), file);
	if (!fs.existsSync(path.join(root, target))) return false;
	return heading === undefined || anchorsIn(read(target)).includes(heading);
}

function anchorsIn(text: string): string[] {
	return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
		heading
			.toLowerCase()
			.replace(/[^\w\- ]/g, "")
			.replaceAll(" ", "-"),
	);
}

function fencedLines(text: string): string[] {
	return [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(
		([, block = ""]) => block.split("\n"),
	);
}

/** Command lines in blocks, and those quoted in the text whose second word is a verb. Without what a placeholder stands for. */
function commandsIn(text: string): string[][] {
	const typed = fencedLines(text).flatMap(
		(line) =>
			/^(?:\$ |.*▸ )?(?:agent-snapshot|\/snap(?:shot)?) (.*)$/.exec(
				line,
			)?.[1] ?? [],
	);
	const quoted = [
		...text.matchAll(/`(?:agent-snapshot|\/snap(?:shot)?) ([^`…<[]+)`/g),
	].map(([, words = ""]) => words);
	return [...typed, ...quoted]
		.map((line) =>
			line
				.replace(/\s#.*$/, "")
				.trim()
				.split(/\s+/),
		)
		.filter(([name = ""]) => name.startsWith("-") || findVerb(name) || name);
}

interface Row {
	readonly name: string;
	readonly flags: string[];
	readonly text: string;
}

/** The table under "Commands": what is typed, its flags, what it does. */
function verbRows(): Row[] {
	const section = /^## Commands\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";
	return [...section.matchAll(/^\| (`.*?) \|(.*?) \| .* \|$/gm)].map(
		([text, usage = "", flags = ""]) => ({
			name: /^`(\w+)/.exec(usage)?.[1] ?? "",
			flags: [...flags.matchAll(/`([^`]+)`/g)].map(([, flag = ""]) => flag),
			text,
		}),
	);
}

/** Paths below src, from the drawing: a name that ends in "/" opens a folder, the column says how deep. */
function filesInTree(text: string): string[] {
	const drawing = /^src\/\n([\s\S]*?)^scripts\//m.exec(text)?.[1] ?? "";
	const folders: string[] = [];
	return drawing.split("\n").flatMap((line) => {
		const found = /^([│ ]*)[├└]── (\S+)/.exec(line);
		if (found === null) return [];
		const [, indent = "", name = ""] = found;
		folders.length = indent.length / 4;
		if (!name.endsWith("/")) return [folders.join("") + name];
		folders.push(name);
		return [];
	});
}
