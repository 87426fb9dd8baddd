import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import {
	type ConversationsOptions,
	contentsOf,
	deleteConversations,
	makeConversations,
	runSql,
} from "../support/conversations.ts";
import { canTrace, supportScript } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 120_000;

interface Home {
	readonly home: string;
	readonly database: string;
	/** All that is in it, as the snapshot has it. */
	readonly before: ReturnType<typeof contentsOf>;
}

/** A home with conversations, a snapshot of it, and then without "rome-2". */
async function homeThatLost(
	ids: string[],
	options: ConversationsOptions & { settings?: object; at?: string } = {},
): Promise<Home> {
	const home = path.join(scratch(), "home");
	const database = path.join(home, options.at ?? "", "state.db");
	makeConversations(path.join(home, "state.db"), options);
	if (options.at) makeConversations(database, options);
	fs.writeFileSync(path.join(home, "config.yaml"), "model: one\n");
	const store = path.join(home, "state-snapshots");
	fs.mkdirSync(store, { mode: 0o700 });
	if (options.settings)
		fs.writeFileSync(
			path.join(store, "config.json"),
			JSON.stringify(options.settings),
		);
	const before = contentsOf(database);
	const { code, json } = await snapshot(home, ["create"]);
	expect(code, json.text).toBe(0);
	deleteConversations(database, ...ids);
	return { home, database, before };
}

const bring = (home: string, ...words: string[]) =>
	snapshot(home, ["restore", "1", "state.db", "--session", ...words]);
const leftOvers = (home: string) =>
	fs
		.readdirSync(path.join(home, "state-snapshots"))
		.filter((name) => name.startsWith(".") && !name.startsWith(".lock"))
		.filter((name) => !NOTES.includes(name));
/** Only for speed, and to stay. */
const NOTES = [".sizes.json", ".tags.json", ".verified.json"];

describe("restore 1 state.db --session ID", () => {
	it.each<[string, ConversationsOptions & { settings?: object }]>([
		["with a write-ahead log", {}],
		["without one", { journalMode: "delete" }],
		[
			"kept in parts",
			{ filling: 20_000, settings: { partsFromBytes: 1024 * 1024 } },
		],
	])(
		"brings it back with its messages and the search, all else as it was: %s",
		{
			timeout,
		},
		async (_, options) => {
			const { home, database, before } = await homeThatLost(
				["rome-2"],
				options,
			);
			runSql(
				database,
				"INSERT INTO messages (session_id, role, content, timestamp) VALUES ('other-1', 'user', 'weather since', 9)",
			);
			fs.writeFileSync(path.join(home, "config.yaml"), "model: two\n");
			const lost = contentsOf(database);
			const { code, json } = await bring(home, "rome-2");
			expect(json.text).toMatch(
				/1 session "Trip to Rome #2", 10 messages from 3 Nov 10:03 to 11:15, 1 row of session_model_usage/,
			);
			expect(code).toBe(0);
			const after = contentsOf(database);
			expect(after.forum).toEqual(before.forum);
			for (const table of ["sessions", "messages", "usage", "weather"])
				expect(after[table]).toEqual(expect.arrayContaining(lost[table] ?? []));
			expect(after.sessions).toEqual(before.sessions);
			expect(after.messages).toHaveLength((before.messages ?? []).length + 1);
			expect(after).toMatchObject({ integrity: ["ok"], dangling: [] });
			expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
				"model: two\n",
			);
			expect(leftOvers(home)).toEqual([]);

			const again = await bring(home, "rome-2");
			expect(again.json.text).toContain(" already. ");
			const undone = await snapshot(home, ["undo"]);
			expect(undone.code, undone.json.text).toBe(0);
			expect(contentsOf(database)).toEqual(lost);
		},
	);

	it("tells before it does it, and does nothing then", {
		timeout,
	}, async () => {
		const { home, database } = await homeThatLost(["rome-2", "rome"]);
		const lost = contentsOf(database);
		const { code, json } = await bring(home, "rome-2", "--dry-run");
		expect(code).toBe(0);
		expect(json.text).toContain(
			'2 sessions "Trip to Rome #2" and what it goes on from: "Trip to Rome", 20 messages',
		);
		expect(json.text).toContain("Nothing was changed.");
		expect(contentsOf(database)).toEqual(lost);
		expect(leftOvers(home)).toEqual([]);
		const { json: listed } = await snapshot(home, ["list"]);
		expect(listed.data.snapshots).toHaveLength(1);
	});

	it("lists those that are lost, and no secret in their titles", {
		timeout,
	}, async () => {
		const home = path.join(scratch(), "home");
		const database = path.join(home, "state.db");
		makeConversations(database);
		const secret = "sk-abcdefghijklmnopqrstuvwx";
		runSql(
			database,
			`UPDATE sessions SET title = 'use ${secret} now' WHERE id = 'other-2'`,
		);
		await snapshot(home, ["create"]);
		deleteConversations(database, "rome-2", "other-2");
		const asked = await bring(home, "?");
		expect(asked.code).toBe(0);
		expect(asked.json.text).toContain("Trip to Rome #2");
		expect(asked.json.text).toContain("use •••• now");
		const wrong = await bring(home, "venice");
		expect(wrong.code).toBe(1);
		expect(wrong.json.error?.code).toBe("not-found");
		expect(wrong.json.error?.hint).toContain("rome-2");
		for (const { stdout, stderr } of [asked, wrong])
			expect(stdout + stderr).not.toContain(secret);
	});

	it("finds it by the beginning of its id", { timeout }, async () => {
		const { home, database, before } = await homeThatLost(["rome-2"]);
		expect((await bring(home, "rome")).json.text).toContain("already");
		expect((await bring(home, "rome-")).code).toBe(0);
		expect(contentsOf(database).forum).toEqual(before.forum);
	});

	it("works in a profile, and names what is wrong with the words", {
		timeout,
	}, async () => {
		const { home, database, before } = await homeThatLost(["rome-2"], {
			at: "profiles/coder",
		});
		const path = "profiles/coder/state.db";
		const words = ["restore", "1", "--session", "rome-2"];
		expect((await snapshot(home, words)).json.error?.code).toBe("usage");
		const { code, json } = await snapshot(home, [...words, path]);
		expect(code, json.text).toBe(0);
		expect(contentsOf(database).forum).toEqual(before.forum);
		for (const more of [
			["config.yaml"],
			["state.db", "--include", "state.db"],
			["state.db", "--at-next-start"],
			["state.db", path],
		])
			expect(
				(await snapshot(home, [...words, ...more])).code,
				more.join(),
			).toBe(2);
	});

	it.each([
		["is not there", (file: string) => fs.rmSync(file)],
		[
			"is a link",
			(file: string) => {
				fs.renameSync(file, `${file}.away`);
				fs.symlinkSync(`${file}.away`, file);
			},
		],
		["is damaged", (file: string) => fs.writeFileSync(file, "x".repeat(9000))],
	])("refuses a database that %s", { timeout }, async (_, change) => {
		const { home, database } = await homeThatLost(["rome-2"], {
			journalMode: "delete",
		});
		change(database);
		const { code, json } = await bring(home, "rome-2");
		expect(code).toBe(1);
		expect(json.text).toContain("Nothing was changed.");
		expect(json.error?.code).not.toBe("bug");
		expect(leftOvers(home)).toEqual([]);
	});

	it("refuses a damaged snapshot", { timeout }, async () => {
		const { home, database } = await homeThatLost(["rome-2"]);
		const { json: list } = await snapshot(home, ["list"]);
		const id = list.data.snapshots?.[0]?.id ?? "";
		const stored = path.join(home, "state-snapshots", id, "state.db");
		fs.chmodSync(stored, 0o600);
		const bytes = fs.readFileSync(stored);
		bytes[5000] = (bytes[5000] ?? 0) ^ 1;
		fs.writeFileSync(stored, bytes);
		const lost = contentsOf(database);
		const { json } = await bring(home, "rome-2");
		expect(json.error?.code).toBe("damaged");
		expect(contentsOf(database)).toEqual(lost);
	});

	it("takes one from a snapshot of Hermes' own, which has a log and no hashes", {
		timeout,
	}, async () => {
		const home = path.join(scratch(), "home");
		const database = path.join(home, "state.db");
		makeConversations(database);
		const before = contentsOf(database);
		const folder = path.join(home, "state-snapshots/20261101-100000");
		fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
		fs.copyFileSync(database, path.join(folder, "state.db"));
		const { size } = fs.statSync(database);
		fs.writeFileSync(
			path.join(folder, "manifest.json"),
			JSON.stringify({
				id: "20261101-100000",
				timestamp: "20261101-100000",
				label: null,
				file_count: 1,
				total_size: size,
				files: { "state.db": size },
			}),
		);
		deleteConversations(database, "rome-2");
		const { code, json } = await bring(home, "rome-2");
		expect(code, json.text).toBe(0);
		expect(contentsOf(database)).toEqual(before);
		expect(fs.readdirSync(folder).sort()).toEqual([
			"manifest.json",
			"state.db",
		]);
	});

	it("loses nothing of an agent that writes all the while", {
		timeout,
	}, async () => {
		const { home, database, before } = await homeThatLost(["rome-2"]);
		const writer = spawn(
			process.execPath,
			[supportScript("steady-writer.mjs"), database, "100"],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		let acknowledged = 0;
		const lines = createInterface({ input: writer.stdout });
		const started = once(lines, "line");
		lines.on("line", (line) => {
			acknowledged = Number(line);
		});
		await started;
		const { code, json } = await bring(home, "rome-2");
		writer.kill("SIGKILL");
		await once(writer, "exit");
		expect(code, json.text).toBe(0);
		const after = contentsOf(database);
		expect(after.forum).toEqual(before.forum);
		const open = new Database(database);
		const count = open
			.prepare("SELECT count(*) FROM acknowledged")
			.pluck()
			.get();
		open.close();
		expect(acknowledged).toBeGreaterThan(0);
		expect(Number(count)).toBeGreaterThanOrEqual(acknowledged);
	});
});

/** System calls of the engine that change something, and which of them it dies at. */
const MOMENTS = [
	"rename",
	"pwrite64",
	"fdatasync",
	"unlink",
	"ftruncate",
].flatMap((call) =>
	[1, 4, 12, 32].map((when): [string, number] => [call, when]),
);

describe.skipIf(!canTrace())("killed in the middle", () => {
	it.each([
		"wal",
		"delete",
	] as const)("all of it is there or nothing, and never without an undo: %s", {
		timeout: 600_000,
	}, async (journalMode) => {
		const { home, database, before } = await homeThatLost(["rome-2"], {
			journalMode,
		});
		const lost = contentsOf(database);
		const spare = path.join(scratch(), "spare");
		fs.cpSync(home, spare, { recursive: true });
		const ends = new Set<string>();
		for (const [call, when] of MOMENTS) {
			fs.rmSync(home, { recursive: true });
			fs.cpSync(spare, home, { recursive: true });
			const under = [
				"strace",
				"-f",
				"-qq",
				"-o",
				"/dev/null",
				"-e",
				`trace=${call}`,
				"-e",
				`inject=${call}:signal=SIGKILL:when=${when}`,
			];
			await snapshot(
				home,
				["restore", "1", "state.db", "--session", "rome-2"],
				{ under },
			).catch(() => {});
			const after = contentsOf(database);
			const isBack = after.forum?.length === 10;
			expect(after, `${call} ${when}`).toEqual(
				isBack ? { ...before, locks: lost.locks } : lost,
			);
			const { json } = await snapshot(home, ["list"]);
			const undo = json.data.snapshots?.some(
				({ reason }) => reason === "before-restore",
			);
			if (isBack) expect(undo, `${call} ${when}`).toBe(true);
			ends.add(isBack ? "back" : "lost");
			// The next writing command removes what is left, and goes on.
			const again = await bring(home, "rome-2");
			expect(again.code, again.json.text).toBe(0);
			expect(contentsOf(database).forum).toHaveLength(10);
			expect(leftOvers(home)).toEqual([]);
		}
		expect(ends).toEqual(new Set(["back", "lost"]));
	});
});
