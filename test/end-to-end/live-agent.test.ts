import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { holdsLock } from "../../scripts/demo-facts.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { opensBetween, traceOpens } from "../support/host-trace.ts";
import { startLiveAgent } from "../support/live-agent.ts";
import { canTrace, root } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 120_000;
const everyVerb = ["create", "list", "restore 1", "undo", "prune 1", "help"];
const homeOfAgent = () =>
	makeHermesHome({ dir: path.join(scratch(), "home"), walLive: true });

/** What a process of its own sees, opening and closing the database as any tool would. */
function liveRowsSeenByAnother(home: string): string[] {
	const script = `const db = new (require("better-sqlite3"))(process.argv[1]);
    const rows = db.prepare("SELECT content FROM messages WHERE session_id = 'live' ORDER BY id").pluck().all();
    db.close();
    console.log(JSON.stringify(rows));`;
	const out = execFileSync(
		process.execPath,
		["-e", script, path.join(home, "state.db")],
		{ cwd: root, encoding: "utf8" },
	);
	return JSON.parse(out) as string[];
}

/**
 * Debian's Python has SQLite 3.40, which takes itself for the last one when the agent's locks are gone, and removes
 * the log under it; newer ones look twice. Skips itself where there is no python3: the lock is looked at as well.
 */
function openAndCloseWithOlderSqlite(home: string): void {
	const script =
		"import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('select count(*) from messages').fetchone(); c.close()";
	spawnSync("python3", ["-c", script, path.join(home, "state.db")]);
}

it("names the command and its alias", { timeout }, async () => {
	const agent = await startLiveAgent(homeOfAgent());
	expect(await agent.describe()).toMatchObject({
		name: "snapshot",
		aliases: ["snap"],
		description: expect.any(String),
	});
});

it("never costs the agent a commit: everyone sees it after create, list and restore", {
	timeout,
}, async () => {
	const home = homeOfAgent();
	const agent = await startLiveAgent(home);
	const lockIsVisible = holdsLock(home, agent.pid);
	const commitAndLook = async (text: string) => {
		// Goes when anything in the agent's process opens and closes the file.
		expect(holdsLock(home, agent.pid), text).toBe(lockIsVisible);
		openAndCloseWithOlderSqlite(home);
		liveRowsSeenByAnother(home);
		await agent.commit(text);
		expect(liveRowsSeenByAnother(home)).toContain(text);
	};

	const made = await agent.snapshot("create while it lives");
	expect(made, made.text).toMatchObject({
		ok: true,
		exitCode: 0,
		data: { snapshot: { label: "while it lives" } },
	});
	await commitAndLook("after create");

	expect(
		(await agent.snapshot("list")).data.snapshots,
		"this one, and that of the agent's start",
	).toHaveLength(2);
	await commitAndLook("after list");

	expect((await agent.snapshot("")).text, "bare is list").toContain(
		"while it lives",
	);
	await commitAndLook("after the bare command");

	const restored = await agent.snapshot("restore 1");
	expect(restored, restored.text).toMatchObject({ ok: true, exitCode: 0 });
	expect(
		await agent.read(),
		"the agent sees the restored rows at once",
	).toEqual(["the agent is up"]);
	await commitAndLook("after restore");

	expect(await agent.snapshot("undo")).toMatchObject({ ok: true });
	expect(await agent.read()).toEqual([
		"the agent is up",
		"after create",
		"after list",
		"after the bare command",
	]);
	await commitAndLook("after undo");

	await agent.end();
	expect(liveRowsSeenByAnother(home), "and after the agent ended").toContain(
		"after undo",
	);
});

it("captures what the agent has committed up to now", { timeout }, async () => {
	const home = homeOfAgent();
	const agent = await startLiveAgent(home);
	await agent.commit("just now");
	await agent.snapshot("create");
	await agent.commit("too late");
	await agent.snapshot("restore latest");
	expect(await agent.read()).toEqual(["the agent is up", "just now"]);
});

it("restores while the agent holds the database, with its inode kept", {
	timeout,
}, async () => {
	const home = homeOfAgent();
	const agent = await startLiveAgent(home);
	await agent.snapshot("create");
	const inode = fs.statSync(path.join(home, "state.db")).ino;
	await agent.commit("to be undone");
	const restored = await agent.snapshot("restore 1");
	expect(restored.ok, restored.text).toBe(true);
	expect(await agent.read()).toEqual(["the agent is up"]);
	expect(
		fs.statSync(path.join(home, "state.db")).ino,
		"written through SQLite, not renamed over",
	).toBe(inode);
});

it("restores across a migration at the agent's next start", {
	timeout,
}, async () => {
	const home = homeOfAgent();
	const agent = await startLiveAgent(home);
	expect((await agent.start()).text).toContain("pre-update");
	await agent.snapshot("create before the update");
	await agent.migrate(
		"ALTER TABLE messages ADD COLUMN mood TEXT NOT NULL DEFAULT ''",
	);
	await agent.commit("after the update");

	const refused = await agent.snapshot("restore 1");
	expect(refused.text).toMatch(
		/it has no column messages\.mood\), and \S+ \(process \d+\) has it open/,
	);
	const id = /restore (\S+) --at-next-start/.exec(refused.text)?.[1];
	await agent.snapshot(`restore ${id} --at-next-start`);
	await agent.commit("until the stop");
	expect(await agent.read()).toContain("until the stop");
	await agent.end();

	const restarted = await startLiveAgent(home);
	expect((await restarted.start()).text).toContain("Restored snapshot 1");
	expect(await restarted.read()).not.toContain("after the update");
	await restarted.end();
	await snapshot(home, ["undo"]);
	expect(liveRowsSeenByAnother(home)).toContain("until the stop");
});

it("answers a wrong word as a reply, not as an exception", {
	timeout,
}, async () => {
	const agent = await startLiveAgent(homeOfAgent());
	const reply = await agent.snapshot("crate");
	expect(reply).toMatchObject({ ok: false, exitCode: 2 });
	expect(reply.text).toContain("create");
});

it("splits words as a shell does", { timeout }, async () => {
	const agent = await startLiveAgent(homeOfAgent());
	const label = async (text: string) =>
		(await agent.snapshot(text)).data.snapshot?.label;
	expect(await label(`create --force "two  spaces" and 'it is quoted'`)).toBe(
		"two  spaces and it is quoted",
	);
	expect(await label("create --force -- --force is a word here")).toBe(
		"--force is a word here",
	);
});

it("leaves no file of the home open in the agent", { timeout }, async () => {
	const agent = await startLiveAgent(homeOfAgent());
	const own = await agent.openFiles();
	for (const text of everyVerb) {
		await agent.commit(`before ${text}`);
		expect(await agent.snapshot(text), text).toMatchObject({ ok: true });
		expect(await agent.openFiles(), text).toEqual(own);
	}
});

it.skipIf(!canTrace())(
	"opens no file of the home in the agent's process (skipped where strace may not trace)",
	{ timeout },
	async () => {
		const home = homeOfAgent();
		const traces = scratch();
		const agent = await startLiveAgent(home, traceOpens(traces));
		await agent.mark("first-mark");
		for (const text of everyVerb) {
			fs.appendFileSync(path.join(home, "config.yaml"), `# before ${text}\n`);
			expect(await agent.snapshot(text), text).toMatchObject({ ok: true });
		}
		await agent.mark("last-mark");
		await agent.end();
		expect(opensBetween(traces, home, ["first-mark", "last-mark"])).toEqual([]);

		// The instrument itself: the agent's own opens, before the first mark, are seen.
		const all = fs
			.readdirSync(traces)
			.map((name) => fs.readFileSync(path.join(traces, name), "utf8"));
		expect(all.join("\n")).toContain(path.join(home, "state.db"));
	},
);
