import { beforeAll, describe, expect, it } from "vitest";
import type { Host } from "../../../src/core/home/host.ts";
import { listedIds } from "../../support/commands.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	HOME,
	plainHost,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

beforeAll(() => {
	process.env.TZ = "UTC";
});

const host: Host = {
	...plainHost,
	critical: [
		...plainHost.critical.map((item) =>
			item.path === "config.yaml"
				? { ...item, chosen: [{ what: "model", at: [["model"]] }] }
				: item,
		),
		{ path: "people.json" },
	],
	counted: [{ what: "person", path: "people.json", at: [], stays: true }],
};

/** In a terminal, an hour later, with a program on the path that does this. */
function run(on: Machine, words: string, update: () => number = () => 0) {
	on.programs.set("update", () => ({ exitCode: update() }));
	on.clock.advance(3_600_000);
	return say(on, `run ${words}`, { host, prefix: "agent-snapshot" });
}

describe("run says", () => {
	it("that all is well, what changed, and how to go back", async () => {
		const on = plainMachine();
		const { text, exitCode } = await run(on, "update now", () => {
			put(on, "letters/cleo.txt", "Dear Cleo");
			return 0;
		});
		expect(exitCode).toBe(0);
		expect(text).toMatchInlineSnapshot(`
			"update ended with exit code 0. What it left looks sound.
			Back to before it: agent-snapshot restore 20261121-021402-pre-update
			What changed meanwhile: new: letters/cleo.txt.
			What it left is kept: 20261121-021402-post-update"
		`);
	});

	it("what it changed within files, and no secret", async () => {
		const on = plainMachine();
		put(on, "config.yaml", "model: one\napi_key: sk-before-0123456789\n");
		const { text } = await run(on, "update", () => {
			put(on, "config.yaml", "model: one\napi_key: sk-after-9876543210\n");
			put(on, "letters/ada.txt", "Dear Ada\nYours\n");
			put(on, "letters/bob.txt", "Dear Bob\n");
			return 0;
		});
		expect(text).not.toMatch(/0123456789|9876543210/);
		expect(text).toMatchInlineSnapshot(`
			"update ended with exit code 0. What it left looks sound.
			Back to before it: agent-snapshot restore 20261121-021402-pre-update
			What changed meanwhile: changed: config.yaml, letters/ada.txt, letters/bob.txt.
			  config.yaml: api_key changed (value hidden)
			  letters/ada.txt: 2 lines new, 1 line gone
			  letters/bob.txt: 1 line new, 1 line gone
			What it left is kept: 20261121-021402-post-update"
		`);
	});

	it("where what it left is kept, however much it changed", async () => {
		const on = plainMachine();
		const { text, exitCode } = await run(on, "--auto-rollback update", () => {
			put(on, "config.yaml", "model: [\n");
			putDatabase(on, "state.db", "");
			for (let at = 0; at < 40; at++) put(on, `letters/${at}.txt`, "\0\0\0");
			for (const name of ["ada", "bob"]) put(on, `letters/${name}.txt`, "\0");
			return 0;
		});
		expect(exitCode).toBe(14);
		expect(text.split("\n").length).toBeLessThanOrEqual(12);
		expect(text).toMatch(/^What it left is kept: \S+$/m);
	});

	it("that the snapshot of before is gone, and of nothing that it is as before", async () => {
		const on = plainMachine();
		const { text, exitCode } = await run(on, "--auto-rollback update", () => {
			on.volume.rmSync(STORE, { recursive: true });
			put(on, "config.yaml", "other: 1\n");
			return 0;
		});
		expect(exitCode).toBe(14);
		expect(text).toMatch(/^NOT CHECKED: /);
		expect(text).toContain("the snapshot of before is not in ");
		expect(text).not.toContain("changed nothing");
	});

	it("nothing of a second snapshot where there is nothing to count and nothing new", async () => {
		const on = plainMachine();
		put(on, "people.json", "7");
		await run(on, "update");
		await run(on, "update");
		expect(listedIds(on)).toHaveLength(1);
	});

	it("what is worse, and the one command that goes back", async () => {
		const on = plainMachine();
		const { text, exitCode } = await run(on, "--label v2 update", () => {
			put(on, "config.yaml", "model: two\n");
			putDatabase(on, "state.db", "");
			return 0;
		});
		expect(exitCode).toBe(14);
		expect(text).toMatchInlineSnapshot(`
			"UNHEALTHY: update ended with exit code 0, and this is worse than before:
			  config.yaml: its model was one and is two now
			  state.db has lost all its rows
			Roll back with: agent-snapshot restore 20261121-021402-v2
			What changed meanwhile: rows lost: state.db rows 2 → 0; changed: config.yaml, state.db.
			  config.yaml: model one → two
			What it left is kept: 20261121-021402-after-v2"
		`);
	});

	it("the label that was wanted, though nothing is new since another snapshot", async () => {
		const on = plainMachine();
		await say(on, "create mine");
		const update = () => {
			put(on, "letters/cleo.txt", "Dear Cleo");
			return 0;
		};
		const { data } = await run(on, "--label v2 update", update);
		expect(data.before).toMatchObject({ label: "v2", reason: "pre-update" });
		const unlabelled = await run(on, "update");
		expect(unlabelled.data.before).toMatchObject({ label: "after v2" });
		await run(on, "--label v3 update");
		const again = await run(on, "--label v3 update");
		expect(again.data.before).toMatchObject({ label: "v3" });
		const labels = ["v3", "after v2", "v2", "mine"];
		expect((await say(on, "list")).data).toMatchObject({
			snapshots: labels.map((label) => ({ label })),
		});
	});

	it("that it went back", async () => {
		const on = plainMachine();
		const before = homeState(on);
		const { text, exitCode } = await run(on, "--auto-rollback update", () => {
			put(on, "config.yaml", "model: [\n");
			return 0;
		});
		expect(exitCode).toBe(14);
		expect(text).toMatchInlineSnapshot(`
			"UNHEALTHY: update ended with exit code 0, and this is worse than before:
			  config.yaml cannot be parsed any more
			ROLLED BACK to snapshot 1 (20261121-021402-pre-update) from just now (21 Nov 02:14): config.yaml.
			Restart Plain to load it.
			Take it back with: agent-snapshot undo
			What changed meanwhile: changed: config.yaml.
			  config.yaml: 1 line new, 1 line gone
			What it left is kept: 20261121-021402-post-update"
		`);
		expect(homeState(on)).toEqual(before);
	});

	it("that all is well when people stand in the other of two files, as before", async () => {
		const on = plainMachine();
		const rooms = ["old", "new"].map((path) => ({ path }));
		const counted = rooms.map(({ path }) => ({
			what: "person",
			path: `${path}/*-ok.json`,
			at: [],
			from: "path" as const,
			stays: true as const,
		}));
		const people = '{"ada-1815":{"name":"Ada"},"bob-2001":{"name":"Bob"}}';
		put(on, "old/a-ok.json", people);
		put(on, "new/a-ok.json", people);
		const update = (path: string) => {
			on.programs.set("update", () => {
				on.volume.rmSync(`${HOME}/${path}`);
				return { exitCode: 0 };
			});
			on.clock.advance(3_600_000);
			const critical = [...plainHost.critical, ...rooms];
			return say(on, "run update", {
				host: { ...plainHost, critical, counted },
				prefix: "agent-snapshot",
			});
		};
		expect((await update("old/a-ok.json")).exitCode).toBe(0);
		expect((await update("new/a-ok.json")).exitCode).toBe(14);
	});

	it("that the command failed, and what was left is sound", async () => {
		const on = plainMachine();
		const { text, exitCode } = await run(on, "update", () => 3);
		expect(exitCode).toBe(3);
		expect(text).toMatchInlineSnapshot(`
			"update FAILED with exit code 3. What it left looks sound.
			Of what is saved it changed nothing."
		`);
	});

	it("that it could not look, and does not go back for that", async () => {
		const on = plainMachine();
		const { text, exitCode, data } = await run(
			on,
			"--auto-rollback update",
			() => {
				put(on, "letters/ada.txt", "Dear Ada, it is full");
				on.freeBytes = 0;
				return 0;
			},
		);
		expect(exitCode).toBe(14);
		expect(data).toMatchObject({ healthy: null, rolledBack: false });
		expect(text).toMatchInlineSnapshot(`
			"NOT CHECKED: update ended with exit code 0, and what it left could not be looked at.
			Back to before it: agent-snapshot restore 20261121-021402-pre-update
			What it left is in no snapshot. Not enough room on the disk of /home/ada/.plain: this needs 0.0 MB and leaves a reserve of 134.2 MB, but only 0.0 MB are free. Nothing was changed. Free some space, or remove old snapshots with agent-snapshot prune 5. The reserve is reserveBytes in state-snapshots/config.json."
		`);
	});

	it("how to go back, when somebody is tired of waiting, and keeps the exit code", async () => {
		const on = plainMachine();
		const tired = new AbortController();
		on.programs.set("update", () => {
			put(on, "config.yaml", "model: [\n");
			tired.abort();
			return { exitCode: 9 };
		});
		const { text, exitCode, data } = await say(
			on,
			"run --auto-rollback update",
			{ host, prefix: "agent-snapshot", signal: tired.signal },
		);
		expect(exitCode).toBe(9);
		expect(data).toMatchObject({ healthy: null, rolledBack: false });
		expect(text).toMatchInlineSnapshot(`
			"NOT CHECKED: update FAILED with exit code 9, and what it left could not be looked at.
			It could NOT be rolled back. It was interrupted.
			Roll back with: agent-snapshot restore 20261121-011402-pre-update
			What it left is in no snapshot. It was interrupted."
		`);
	});

	it("that nothing was run, when somebody is tired of waiting once all is saved", async () => {
		const on = plainMachine();
		const tired = new AbortController();
		let isRun = false;
		on.programs.set("update", () => {
			isRun = true;
			return {};
		});
		const { text, exitCode } = await say(on, "run update", {
			host,
			prefix: "agent-snapshot",
			signal: tired.signal,
			progress: {
				begin() {},
				at() {},
				add() {},
				end: () => tired.abort(),
			},
		});
		expect(exitCode).toBe(130);
		expect(isRun).toBe(false);
		expect(text).toMatchInlineSnapshot(
			`"The command was not run. Interrupted. Nothing else was changed."`,
		);
	});

	it("that somebody has a database locked, which is no reason to go back", async () => {
		const on = plainMachine();
		const { text, exitCode, data } = await run(
			on,
			"--auto-rollback update",
			() => {
				putDatabase(on, "state.db", "other");
				on.elsewhere.locked.add("/home/ada/.plain/state.db");
				return 0;
			},
		);
		expect(exitCode).toBe(14);
		expect(data).toMatchObject({ healthy: null, problems: [], rollback: null });
		expect(text).toMatchInlineSnapshot(`
			"NOT CHECKED: update ended with exit code 0, and what it left could not be looked at.
			Back to before it: agent-snapshot restore 20261121-021402-pre-update
			Of what is saved it changed nothing.
			Not looked at: state.db: the database was locked by another process for too long.
			What it left is kept: 20261121-021402-post-update"
		`);
	});

	it("that what was said meanwhile went with it, and where it is", async () => {
		const on = plainMachine();
		put(on, "people.json", '{"ada":1}');
		const { text } = await run(on, "--auto-rollback update", () => {
			put(on, "config.yaml", "model: [\n");
			put(on, "people.json", '{"ada":1,"bob":2,"cleo":3}');
			return 0;
		});
		expect(text).toContain(
			"What came meanwhile went with it, and is in 20261121-021402-post-update: 2 persons.",
		);
	});

	it("all that in twelve lines, however much it is", async () => {
		const on = plainMachine();
		for (const name of "abcdefgh")
			put(on, `letters/${name}.txt`, `Dear ${name}`);
		const { text } = await run(on, "--auto-rollback update", () => {
			for (const name of "abcdefgh") put(on, `letters/${name}.txt`, "");
			put(on, "config.yaml", "model: [\n");
			put(on, "people.json", '{"ada":1,"bob":2}');
			put(on, "token.json", "{}");
			return 0;
		});
		const lines = text.split("\n");
		expect(lines.length).toBeLessThanOrEqual(12);
		expect(lines[0]).toMatch(/^UNHEALTHY/);
		expect(lines[4]).toBe("  and 7 more");
		expect(lines[5]).toMatch(/^ROLLED BACK/);
	});

	it("that it could not go back", async () => {
		const on = plainMachine();
		const { text, exitCode, data } = await run(
			on,
			"--auto-rollback update",
			() => {
				put(on, "config.yaml", "model: [\n");
				putDatabase(on, "state.db", "other");
				on.elsewhere.locked.add("/home/ada/.plain/state.db");
				return 0;
			},
		);
		expect(exitCode).toBe(14);
		expect(data).toMatchObject({ healthy: false, rolledBack: false });
		expect(text).toMatchInlineSnapshot(`
			"UNHEALTHY: update ended with exit code 0, and this is worse than before:
			  config.yaml cannot be parsed any more
			It could NOT be rolled back. state.db is locked by another process, so what it holds now cannot be saved. Nothing was changed. Repeat the command when it is free. Stop Plain and do it again, or have it done before its next start: agent-snapshot restore 20261121-021402-pre-update --at-next-start.
			What changed meanwhile: changed: config.yaml.
			  config.yaml: 1 line new, 1 line gone
			Not looked at: state.db: the database was locked by another process for too long.
			What it left is kept: 20261121-021402-post-update"
		`);
	});
});

describe("run does not run it", () => {
	it("when not all could be saved, unless it is wanted anyway", async () => {
		const on = plainMachine();
		let times = 0;
		putDatabase(on, "state.db", "DAMAGED");
		const refused = await run(on, "update", () => ++times);
		expect(refused.exitCode).toBe(3);
		expect(times).toBe(0);
		expect(refused.text).toMatchInlineSnapshot(`
			"WARNING: INCOMPLETE. 1 file could not be saved in 20261121-021402-pre-update:
			  state.db: row 7 missing from index
			Everything else was saved. No older snapshot was removed.
			So update was NOT run. To run it all the same: --anyway"
		`);
		const anyway = await run(on, "--anyway update", () => ++times * 0);
		expect(anyway.exitCode, anyway.text).toBe(0);
		expect(times).toBe(1);
	});

	it("when nothing could be saved, unless it is wanted anyway", async () => {
		const on = plainMachine();
		let times = 0;
		on.freeBytes = 0;
		const refused = await run(on, "update", () => ++times);
		expect(refused.exitCode).toBe(1);
		expect(times).toBe(0);
		expect(refused.text).toMatch(/^The command was not run\. /);
		const anyway = await run(on, "--anyway update", () => {
			on.freeBytes = 50e9;
			return ++times * 0;
		});
		expect(anyway.exitCode, anyway.text).toBe(0);
		expect(anyway.text).toMatch(/^There is NO snapshot of before\. /m);
		expect(times).toBe(1);
	});

	it("when it is not there", async () => {
		const { exitCode, data } = await run(plainMachine(), "no-such-thing");
		expect(exitCode).toBe(127);
		expect(data).toMatchObject({ run: false, healthy: null });
	});

	it("in a chat", async () => {
		const reply = await say(plainMachine(), "run update", { host });
		expect(reply.exitCode).toBe(2);
		expect(reply.text).toContain("run is for a terminal. Nothing was changed.");
	});
});

it("relies on the newest snapshot when nobody has changed anything", async () => {
	const on = plainMachine();
	const made = await say(on, "create", { host });
	const { data } = await run(on, "update");
	expect(data.before).toEqual(made.data.snapshot);
	expect(data.after).toEqual(made.data.snapshot);
});
