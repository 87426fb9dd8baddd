import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import plugin from "../plugin.json" with { type: "json" };
import {
	COMMAND,
	findVerb,
	parseWords,
	VERBS,
} from "../src/commands/call/grammar.ts";
import { root } from "./support/paths.ts";
import { loadFromSource } from "./support/say.ts";

const commands = path.join(root, "src/commands");

/** `dist/commands/create.js#create` of each exported Handler. Beside them are only rooms. */
function handlersInSource(): string[] {
	const files = fs.readdirSync(commands).filter((name) => name.includes("."));
	return files.flatMap((file) => {
		const text = fs.readFileSync(path.join(commands, file), "utf8");
		const exported = text.matchAll(/^export const (\w+): Handler\b/gm);
		const names = [...exported];
		expect(names, `${file} handles no verb`).not.toEqual([]);
		return names.map(
			([, name]) => `dist/commands/${file.replace(/\.ts$/, ".js")}#${name}`,
		);
	});
}

describe("plugin.json", () => {
	it.each(VERBS)("names a handler of $name that exists", async ({
		handler,
	}) => {
		expect(await loadFromSource(handler)).toBeTypeOf("function");
	});

	it("registers every handler there is, once", () => {
		const registered = VERBS.map(({ handler }) => handler);
		expect(registered.toSorted()).toEqual(handlersInSource().toSorted());
		expect(new Set(registered).size).toBe(registered.length);
	});

	it("agrees with package.json", () => {
		const { version, description, license, author } = packageJson;
		expect(plugin).toMatchObject({ version, description, license, author });
		expect(packageJson.name).toContain(plugin.name);
	});

	it("has no $schema: with one, another agent would take it for its own", () => {
		expect(plugin).not.toHaveProperty("$schema");
	});

	it("registers /snapshot and /snap, which list when nothing else is said", () => {
		expect(COMMAND).toMatchObject({ name: "snapshot", aliases: ["snap"] });
		expect(parseWords([]).verb.name).toBe("list");
	});

	it("has no word for two commands", () => {
		const words = VERBS.flatMap(({ name, aliases }) => [name, ...aliases]);
		expect(new Set(words).size).toBe(words.length);
		expect(words).toEqual(expect.arrayContaining(["ls", "rewind"]));
	});

	it.each(VERBS)("describes $name in full: summary, usage, flags", (verb) => {
		const { name, usage, summary, flags } = verb;
		expect(findVerb(name)).toBe(verb);
		expect(usage.split(" ")[0]).toBe(name);
		expect(summary).toMatch(/^[A-Z].*[^.]$/s);
		for (const [flag, { type, value, summary }] of Object.entries(flags)) {
			expect(flag).toMatch(/^[a-z]+(-[a-z]+)*$/);
			expect(summary).not.toBe("");
			expect(value !== undefined, `--${flag} shows its value`).toBe(
				type === "string",
			);
		}
	});

	it.each(VERBS)("gives examples of $name that are understood", (verb) => {
		expect(verb.examples.length).toBeGreaterThan(0);
		for (const example of verb.examples)
			expect([verb.name, verb.bare]).toContain(
				parseWords(wordsOf(example)).verb.name,
			);
	});
});

/** What a shell makes of what follows is its own. */
function wordsOf(example: string): string[] {
	return (example.split(" > ")[0] ?? "").split(" ");
}
