import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
	IN_DATABASE,
	runInDatabase,
} from "../support/differences-in-a-database.ts";
import { IN_FILES, make } from "../support/differences-in-files.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

interface Difference {
	readonly path: string;
	readonly stays: string | null;
	readonly tables?: readonly { readonly name: string }[];
	readonly schema?: readonly { readonly what: string }[];
	readonly settings?: readonly { readonly name: string }[];
	readonly kept?: readonly { readonly what: string }[];
}

describe("diff of a home that differs in everything it can", () => {
	it("names each difference in full, and as data none besides", async () => {
		const home = homeBefore();
		await snapshot(home, ["create"]);
		expect(await say(home, "diff", "1")).toMatch(/would change nothing/);
		changeAll(home);

		// What is said of a file is bounded: each is asked for by itself.
		const full = await say(home, "diff", "1", "--full");
		const each = new Map<string, string>();
		for (const { what, path, said } of IN_FILES) {
			const isLine = !said.source.includes("\\n");
			if (!isLine) each.set(path, await say(home, "diff", "1", path, "--full"));
			expect(each.get(path) ?? full, what).toMatch(said);
		}
		const database = await dataOf(home, "diff", "1", "notes/own.db", "--full");
		const rows = await say(home, "diff", "1", "notes/own.db", "--full");
		for (const { after, said } of IN_DATABASE)
			expect(database.text, after).toMatch(said);
		expect(rows.split("\n").every((line) => line.length < 1000)).toBe(true);

		const { differences } = database.data;
		expect(namesOf(differences[0])).toEqual(expectedNames());
		const all = await dataOf(home, "diff", "1");
		expect(all.data.differences.map((one) => one.path).sort()).toEqual(
			[...IN_FILES.map((one) => one.path), "notes/own.db"].sort(),
		);
	});

	it("says what people would miss first, a new profile by its name, and what is many together", async () => {
		const home = homeBefore();
		for (let skill = 0; skill < 6; skill++)
			for (let file = 0; file < 4; file++)
				put(home, `notes/skill${skill}/${file}.md`, "as it was\n");
		await snapshot(home, ["create"]);
		for (let skill = 0; skill < 6; skill++)
			for (let file = 0; file < 3; file++)
				put(home, `notes/skill${skill}/${file}.md`, "otherwise\n");
		fs.appendFileSync(path.join(home, "SOUL.md"), "another line\n");
		fs.appendFileSync(path.join(home, "config.yaml"), "\nanother: 1\n");
		put(home, "profiles/fresh/config.yaml", "model: {default: a}\n");
		put(home, "profiles/fresh/SOUL.md", "of its own\n");

		const short = await say(home, "diff", "1");
		expect(short).toMatch(
			/config\.yaml: another 1 will go\n.*SOUL\.md: 1 line will go\n.*notes differs in 18 files\n.*left as it is: profiles\/fresh \(it came after/s,
		);
		await snapshot(home, ["create"]);
		const two = await say(home, "diff", "2", "1");
		expect(two).toMatch(/differ:\n {2}profile fresh \(2 files\) only in 1\n/);
		expect(two).not.toContain("profiles/fresh/SOUL.md");
		fs.rmSync(path.join(home, "profiles/fresh"), { recursive: true });
		expect(await say(home, "diff", "1")).toMatch(
			/profile fresh \(2 files\) will come back/,
		);
		expect(await say(home, "diff", "now", "1")).toMatch(/To restore/);
		const nothing = await runCli([
			"--home",
			home,
			"--host",
			"hermes",
			"diff",
			"now",
		]);
		expect(nothing.code).toBe(2);
	});
});

function homeBefore(): string {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	put(home, "state-snapshots/config.json", { include: ["notes"] });
	fs.chmodSync(path.join(home, "state-snapshots"), 0o700);
	fs.mkdirSync(path.join(home, "notes"));
	for (const { path, before } of IN_FILES) make(home, path, before);
	runInDatabase(
		path.join(home, "notes/own.db"),
		IN_DATABASE.map(({ before }) => before),
	);
	return home;
}

function changeAll(home: string): void {
	for (const { path, after } of IN_FILES) make(home, path, after);
	runInDatabase(
		path.join(home, "notes/own.db"),
		IN_DATABASE.map(({ after }) => after),
	);
}

/** Of the database: each thing that is named, once. */
function namesOf({
	tables = [],
	schema = [],
	settings = [],
	kept = [],
}: Partial<Difference> = {}): string[] {
	return [
		...tables.map(({ name }) => name),
		...schema.map(({ what }) => what),
		...settings.map(({ name }) => name),
		...kept.map(({ what }) => what),
	].sort();
}

function expectedNames(): string[] {
	const schema = ["index", "view", "trigger"].flatMap((kind) =>
		["other", "gone", "new"].map((end) => `${kind} ${kind}_${end}`),
	);
	// Of "counted" it is only the last rowid that was given.
	const tables = IN_DATABASE.flatMap(({ table }) =>
		table === undefined || table === "counted" ? [] : [table],
	);
	return [
		...new Set(tables),
		"sqlite_sequence",
		...schema,
		"user_version",
		"application_id",
		"full-text index of doc",
		"content of place",
		"statistics of the query planner",
	].sort();
}

async function say(home: string, ...words: string[]): Promise<string> {
	const { stdout, code } = await runCli([
		"--home",
		home,
		"--host",
		"hermes",
		...words,
	]);
	expect(code).toBe(0);
	return stdout;
}

async function dataOf(
	home: string,
	...words: string[]
): Promise<{ text: string; data: { differences: Difference[] } }> {
	return JSON.parse(await say(home, "--json", ...words));
}
