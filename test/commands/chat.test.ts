import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERBS, type Verb } from "../../src/commands/call/grammar.ts";
import type { Reply } from "../../src/commands/call/reply.ts";
import { runCommand } from "../../src/commands/call/run.ts";
import { splitWords } from "../../src/commands/call/words.ts";
import { widthOf } from "../../src/commands/text/width.ts";
import { printable } from "../../src/core/words.ts";
import { hosts } from "../../src/hosts/index.ts";
import { createNodeSystem } from "../../src/system/node.ts";
import { create } from "../support/commands.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { root } from "../support/paths.ts";
import { plainMachine, put, putDatabase } from "../support/plain-agent.ts";
import { runCli } from "../support/run-cli.ts";
import { loadFromSource, say } from "../support/say.ts";
import { scratch } from "../support/scratch.ts";

/** As main.ts says it of a chat. */
const CHAT = { lines: 12, columns: 60 };
const timeout = 120_000;

const LABELS = [
	"a label that goes on and on about all that was done before the upgrade",
	"名前のとても長いラベルです、長い長い日本語のラベル、まだまだ続くラベル",
	"🚀 deploy 👩‍👩‍👧 e\u0301e\u0301",
	"שלום עולם, *bold* <b> _x_ @all",
	"tab\there, \u001b[31mred\u001b[0m and \u202eback",
];

/** Of its own for this file; a copy of it for each verb that may change it. */
let busy: string;
let home: string;

/** What a chat is answered. */
function typed(text: string): Promise<Reply> {
	const meant = {
		host: hosts.hermes,
		places: { home, roots: {} },
		environment: {},
	};
	return runCommand({
		words: splitWords(text),
		meant,
		known: [meant],
		knownAt: () => meant,
		system: createNodeSystem(root),
		load: loadFromSource,
		signal: new AbortController().signal,
		prefix: "/snapshot",
		terminal: "agent-snapshot",
		...CHAT,
	});
}

/** Awkward names, 16 snapshots with awkward labels, of which some lack something and some are damaged. */
beforeAll(async () => {
	busy = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-busy-"));
	home = makeHermesHome({ dir: path.join(busy, "home"), odd: true, dbMb: 0.1 });
	for (let index = 0; index < 12; index++) {
		const profile = path.join(home, `profiles/profile-${index}`);
		fs.mkdirSync(profile, { recursive: true });
		fs.writeFileSync(path.join(profile, "config.yaml"), "model: one\n");
		fs.writeFileSync(path.join(home, `stray-${index}.db`), databaseHead());
		fs.writeFileSync(
			path.join(
				home,
				"memories",
				`with a long name ${"x".repeat(60)} ${index}.md`,
			),
			"a line\n",
		);
	}
	const soul = Array.from(
		{ length: 60 },
		(_, index) => `\tline ${index} ${"word ".repeat(40)}`,
	);
	for (let index = 0; index < 16; index++) {
		if (index === 10) ruinDatabases();
		fs.writeFileSync(path.join(home, "SOUL.md"), [...soul, index].join("\n"));
		await typed(`create -- "${LABELS[index % LABELS.length]} ${index}"`);
	}
	const store = path.join(home, "state-snapshots");
	const ids = fs
		.readdirSync(store)
		.filter((name) => /^\d/.test(name))
		.sort();
	for (const id of ids.slice(0, 5))
		fs.writeFileSync(path.join(store, id, "manifest.json"), "{");
	for (const id of ids.slice(5, 8)) {
		const file = path.join(store, id, "SOUL.md");
		fs.rmSync(file);
		fs.writeFileSync(file, "other");
	}
}, timeout);

afterAll(() => fs.rmSync(busy, { recursive: true, force: true }));

function databaseHead(): Buffer {
	return Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(100)]);
}

/** So many that no reply can name them all. */
function ruinDatabases(): void {
	for (let index = 0; index < 12; index++)
		fs.writeFileSync(
			path.join(home, `profiles/profile-${index}/state.db`),
			"no database",
		);
}

/** What stands in columns is not wrapped by chats. */
function tooLarge(lines: readonly string[]): string[] {
	return [
		...(lines.length > CHAT.lines ? [`${lines.length} lines`] : []),
		...lines
			.filter((line) => /\S {2,}\S/.test(line) && widthOf(line) > CHAT.columns)
			.map((line) => `too wide for its columns: ${line}`),
	];
}

/** All that is wrong with the looks of a reply. */
function faultsOf(text: string, isShort: boolean): string[] {
	const lines = text.split("\n");
	return [
		...(isShort ? tooLarge(lines) : []),
		...lines
			.filter((line) => printable(line) !== line)
			.map((line) => `not printable: ${JSON.stringify(line)}`),
		...lines
			.filter((line) => line.trimEnd() !== line || line === "")
			.map((line) => `blanks behind ${JSON.stringify(line)}`),
	];
}

/** What people type of a verb, rightly or not. */
function linesOf({ name, examples, arguments: words }: Verb): string[] {
	const needs = words.some(({ required }) => required) ? " 1" : "";
	return [
		...["", " 3 memories", " 3 SOUL.md", " 3 state.db", " 3 1", " 7"],
		...[" --dry-run", " 3 --dry-run", " --nonsense", " nothing and more"],
		...[`${needs} --all`, `${needs} --full`],
	]
		.map((rest) => name + rest)
		.concat(`help ${name}`, `help ${name} --all`, examples);
}

describe("in a chat", () => {
	it.each(VERBS)("$name answers in a dozen lines that show what they say", {
		timeout,
	}, async (verb) => {
		home = path.join(busy, "home");
		// What waits for a lock may change something.
		if (verb.flags.wait) {
			home = path.join(scratch(), "home");
			execFileSync("cp", ["-a", path.join(busy, "home"), home]);
		}
		for (const text of new Set(linesOf(verb))) {
			const { text: said } = await typed(text);
			const isShort = !/--(?:all|full|limit)\b/.test(text);
			expect(faultsOf(said, isShort), `${text}\n${said}`).toEqual([]);
		}
	});

	it("is known to be one", { timeout }, async () => {
		for (const words of ["list", "help", "doctor", "show 3 SOUL.md"]) {
			const typed = ["--home", path.join(busy, "home"), "--chat", "--"];
			const { stdout } = await runCli([...typed, ...words.split(" ")]);
			expect(faultsOf(stdout.trimEnd(), true), `${words}\n${stdout}`).toEqual(
				[],
			);
		}
	});
});

/** A machine in memory with so many snapshots. */
async function withSnapshots(count: number) {
	const on = plainMachine();
	for (let index = 0; index < count; index++) {
		put(on, "config.yaml", `model: ${index}`);
		await create(on, `${LABELS[0]} ${index}`);
	}
	return on;
}

describe("a chat is shown in pieces", () => {
	it("the list, each of which says how to see the next", async () => {
		const on = await withSnapshots(20);
		const seen: number[] = [];
		let words: string | undefined = "list";
		while (words !== undefined) {
			const { text }: Reply = await say(on, words, CHAT);
			expect(text.split("\n").length).toBeLessThanOrEqual(CHAT.lines);
			const rows = text.matchAll(/^ ?(\d+) .* a label/gm);
			seen.push(...Array.from(rows, ([, number]) => Number(number)));
			words = /not shown: \/snapshot (list \d+)$/m.exec(text)?.[1];
		}
		expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
	});

	it("the help: first what people need, and all of it when asked", async () => {
		const { text } = await say(plainMachine(), "help", CHAT);
		for (const name of ["create", "list", "restore", "undo"])
			expect(text).toContain(`/snapshot ${name} `);
		const all = await say(plainMachine(), "help --all", CHAT);
		for (const { name, terminal } of VERBS)
			expect(all.text.includes(`\n${name} `), name).toBe(!terminal);
	});

	it.each(
		VERBS,
	)("of $name every flag and example, when asked", async (verb) => {
		const { text } = await say(plainMachine(), `help ${verb.name} --all`, CHAT);
		for (const flag of Object.keys(verb.flags)) expect(text).toContain(flag);
		for (const example of verb.examples) expect(text).toContain(example);
	});

	it("what a doctor finds: a problem before any number of notes", async () => {
		const on = plainMachine();
		for (let index = 0; index < 30; index++)
			putDatabase(on, `stray/${index}.db`, "rows");
		put(on, "state-snapshots/config.json", "{");
		const { text } = await say(on, "doctor", CHAT);
		expect(text).toMatch(/^PROBLEM, settings: /m);
		expect(text).toContain("more: /snapshot doctor plain --all");
		const all = await say(on, "doctor --all", CHAT);
		expect(all.text).toContain("stray/29.db");
	});
});

it.each([
	30, 40, 60, 100,
])("a label is cut before what is wrong with a snapshot, in %i columns", async (columns) => {
	const on = await withSnapshots(1);
	put(on, "state.db", "no database");
	await create(on, LABELS[0]);
	const { text } = await say(on, "list", { columns });
	expect(text).toContain("[INCOMPLETE]");
	for (const line of text.split("\n").slice(0, 3))
		expect(widthOf(line)).toBeLessThanOrEqual(columns);
});
