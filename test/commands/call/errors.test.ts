import { beforeAll, describe, expect, it } from "vitest";
import type { RunRequest } from "../../../src/commands/call/run.ts";
import { create, restore } from "../../support/commands.ts";
import { changed, changedInEveryWay } from "../../support/crash-scenes.ts";
import { dyingAt } from "../../support/dying.ts";
import { type Machine, machine } from "../../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";
import { storeAt } from "../../support/store-folders.ts";

beforeAll(() => {
	process.env.TZ = "UTC";
});

/** "code exit: text" */
async function refusal(
	on: Machine,
	text: string,
	options: Partial<RunRequest> = {},
): Promise<string> {
	const { ok, error, exitCode, text: said } = await say(on, text, options);
	expect(ok).toBe(false);
	expect(error?.stack ?? "").not.toContain("assert");
	return `${error?.code} ${exitCode}: ${said}`;
}

async function withSnapshots(count: number): Promise<Machine> {
	const on = plainMachine();
	for (let made = 0; made < count; made++) await create(on);
	return on;
}

const HOLDER = [{ pid: 7, command: "plain", isGone: false }];

describe("a refusal says what failed, what changed, and what to do now:", () => {
	it("usage", async () => {
		const on = plainMachine();
		expect(await refusal(on, "restroe 3")).toMatchInlineSnapshot(`
			"usage 2: There is no command "restroe". Did you mean restore? Nothing was changed.
			Commands: create, list, show, ls, cat, diff, restore, undo, prune, pin, unpin, label, remove, compact, export, import, remote, run, recover, auto, status, verify, drill, schedule, hosts, doctor, install, uninstall, completion, help."
		`);
		expect(await refusal(on, "restore")).toMatchInlineSnapshot(`
			"usage 2: restore needs a snapshot: a number from the list (1 = newest), an id or its unique beginning, or latest. Nothing was changed.
			Usage: /snapshot restore <number|id|latest> [path …]"
		`);
		expect(await refusal(on, "create --forse")).toMatchInlineSnapshot(`
			"usage 2: create has no flag --forse. Did you mean --force? Put -- before words that begin with "-". Nothing was changed.
			Usage: /snapshot create [label …]"
		`);
		expect(await refusal(on, "create --reason because")).toMatchInlineSnapshot(`
			"usage 2: --reason is one of manual, pre-update, scheduled. Nothing was changed.
			Usage: /snapshot create [label …]"
		`);
		expect(await refusal(on, "create --timeout soon")).toMatchInlineSnapshot(`
			"usage 2: --timeout needs a number of seconds, and "soon" is none. Nothing was changed.
			Usage: /snapshot create [label …]"
		`);
		expect(await refusal(on, "prune 0")).toMatchInlineSnapshot(`
			"usage 2: The number of snapshots to keep must be a whole number from 1, and "0" is none. Nothing was changed.
			Usage: /snapshot prune [N] [--dry-run]"
		`);
		expect(await refusal(on, "prune -5")).toMatchInlineSnapshot(`
			"usage 2: prune needs a whole number from 1, and "-5" is none. Nothing was changed.
			Usage: /snapshot prune [N] [--dry-run]"
		`);
		expect(await refusal(on, "prune 1.5")).toMatchInlineSnapshot(`
			"usage 2: The number of snapshots to keep must be a whole number from 1, and "1.5" is none. Nothing was changed.
			Usage: /snapshot prune [N] [--dry-run]"
		`);
		expect(await refusal(on, "list --limit none")).toMatchInlineSnapshot(`
			"usage 2: --limit must be a whole number from 1, and "none" is none. Nothing was changed.
			Usage: /snapshot list [number|id|latest] [--all] [--limit N]"
		`);
		expect(await refusal(on, "help nothing")).toMatchInlineSnapshot(`
			"usage 2: There is no command "nothing".
			Commands: create, list, show, ls, cat, diff, restore, undo, prune, pin, unpin, label, remove, compact, export, import, remote, run, recover, auto, status, verify, drill, schedule, hosts, doctor, install, uninstall, completion, help."
		`);
	});

	it("not-found", async () => {
		expect(await refusal(plainMachine(), "restore 1")).toMatchInlineSnapshot(`
			"not-found 1: There are no snapshots yet. Nothing was changed.
			Make one with /snapshot create."
		`);
		const on = await withSnapshots(2);
		expect(await refusal(on, "restore 7")).toMatchInlineSnapshot(`
			"not-found 1: There is no snapshot 7. Nothing was changed.
			Use a number from 1 to 2: see /snapshot list."
		`);
		expect(await refusal(on, "restore nonsense")).toMatchInlineSnapshot(`
			"not-found 1: There is no snapshot "nonsense". Nothing was changed.
			See /snapshot list."
		`);
		expect(await refusal(on, "undo")).toMatchInlineSnapshot(`
			"not-found 1: There is no restore to undo. Nothing was changed.
			See /snapshot list."
		`);
	});

	it("ambiguous", async () => {
		expect(
			await refusal(await withSnapshots(2), "restore 20261121"),
		).toMatchInlineSnapshot(`
			"ambiguous 1: 2 snapshots begin with "20261121". Nothing was changed.
			They are: 20261121-011602, 20261121-011502"
		`);
	});

	it("locked", async () => {
		const on = await withSnapshots(1);
		on.elsewhere.locked.add(storeAt.lock);
		put(
			on,
			"state-snapshots/.lock.holder",
			"restore, process 99, since 2026-11-21T01:00:00.000Z",
		);
		expect(await refusal(on, "create --wait 3")).toMatchInlineSnapshot(`
			"locked 11: Another command is at work here (restore, process 99, since 2026-11-21T01:00:00.000Z). Nothing was changed.
			Try again when it has ended, or give it longer with --wait SECONDS."
		`);
	});

	it("no-home", async () => {
		const on = machine();
		expect(await refusal(on, "create")).toMatchInlineSnapshot(`
			"no-home 1: There is no Plain home at /home/ada/.plain. Nothing was changed.
			Name another with --home DIR or PLAIN_HOME."
		`);
		on.volume.mkdirSync(HOME, { recursive: true });
		expect(await refusal(on, "create")).toMatchInlineSnapshot(`
			"no-home 1: /home/ada/.plain holds nothing of Plain's state, so there is nothing to snapshot. Nothing was changed.
			Is this the right home? Name another with --home DIR or PLAIN_HOME."
		`);
	});

	it("no-space", async () => {
		const on = plainMachine();
		on.freeBytes = 100e6;
		expect(await refusal(on, "create")).toMatchInlineSnapshot(`
			"no-space 1: Not enough room on the disk of /home/ada/.plain: this needs 0.0 MB and leaves a reserve of 134.2 MB, but only 100.0 MB are free. Nothing was changed.
			Free some space, or remove old snapshots with /snapshot prune 5. The reserve is reserveBytes in state-snapshots/config.json."
		`);
	});

	it("damaged", async () => {
		const on = await withSnapshots(1);
		put(on, "state-snapshots/20261121-011502/config.yaml", "flipped");
		expect(await refusal(on, "restore 1")).toMatchInlineSnapshot(`
			"damaged 1: Snapshot 20261121-011502 is damaged: config.yaml has 7 bytes instead of 11. Nothing was changed.
			Take another one: see /snapshot list. The next /snapshot create takes what is damaged anew."
		`);
	});

	it("bad-config", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{\n  "inclde": []\n}');
		expect(await refusal(on, "create")).toMatchInlineSnapshot(`
			"bad-config 1: /home/ada/.plain/state-snapshots/config.json, line 2: inclde: is not a setting. Nothing was changed.
			Correct that line, or remove the file to go back to the defaults."
		`);
	});

	it("busy-database", async () => {
		const on = await withSnapshots(1);
		put(on, "state.db", Buffer.alloc(300));
		on.holders = new Map([[`${HOME}/state.db`, HOLDER]]);
		expect(await refusal(on, "restore 1")).toMatchInlineSnapshot(`
			"busy-database 1: state.db is open in plain (process 7). It is damaged or cannot be read, which needs it closed. Nothing was changed.
			Stop Plain and do it again, or have it done before its next start: /snapshot restore 20261121-011502 --at-next-start."
		`);
	});

	it("interrupted", async () => {
		const on = plainMachine();
		const signal = AbortSignal.abort();
		expect(await refusal(on, "create", { signal })).toMatchInlineSnapshot(
			`"interrupted 130: Interrupted. Nothing was changed."`,
		);
	});

	it("timed-out", async () => {
		const on = plainMachine();
		const pin = on.system.sqlite.pin;
		on.system.sqlite.pin = (path, patience) => {
			on.clock.advance(61_000);
			return pin(path, patience);
		};
		expect(
			await refusal(on, "create --reason pre-update"),
		).toMatchInlineSnapshot(
			`"timed-out 1: The time given was not enough. Nothing was changed."`,
		);
	});

	it("failed", async () => {
		const on = await withSnapshots(1);
		putDatabase(on, "state.db", "eleven messages");
		on.before = (call) => {
			if (call.startsWith(`create ${STORE}/.restore/undo`))
				throw Object.assign(new Error("full"), { code: "ENOSPC", path: STORE });
		};
		expect(await refusal(on, "restore 1")).toMatchInlineSnapshot(`
			"failed 1: It did not work: the disk is full (/home/ada/.plain/state-snapshots). Nothing in the agent's home was changed.
			Remove the cause and try again."
		`);
	});

	it("recovery-blocked", async () => {
		const ending = await dyingAt(
			1,
			await changed(changedInEveryWay),
			async (dying) => {
				const { before } = dying;
				dying.before = (call, tear) => {
					if (
						call.includes(`${STORE}/.restore/new/00000`) &&
						call.startsWith("rename")
					)
						before(call, tear);
				};
				await restore(dying, "1");
			},
		);
		const on = ending?.on ?? machine();
		put(on, "config.yaml", "written after the crash");
		expect(await refusal(on, "recover")).toMatchInlineSnapshot(`
			"recovery-blocked 1: A restore of 20261121-011502 was interrupted (it began 2026-11-21T01:16:02.000Z), and since then these have changed: config.yaml (2026-11-01T00:00:16.000Z). Nothing in the agent's home was changed now.
			What was there before is in 20261121-011602-before-restore. Go on with the restore: /snapshot recover --finish. Or go back: /snapshot recover --back. The present is kept as a snapshot either way."
		`);
		expect(await refusal(on, "restore 1")).toMatchInlineSnapshot(`
			"recovery-blocked 1: A restore of 20261121-011502 was interrupted (it began 2026-11-21T01:16:02.000Z), and since then these have changed: config.yaml (2026-11-01T00:00:16.000Z). Nothing in the agent's home was changed now.
			What was there before is in 20261121-011602-before-restore. Go on with the restore: /snapshot recover --finish. Or go back: /snapshot recover --back. The present is kept as a snapshot either way."
		`);
	});

	it("bug", async () => {
		const load = () => Promise.reject(new TypeError("x is undefined"));
		expect(
			await refusal(plainMachine(), "list", { load }),
		).toMatchInlineSnapshot(`
			"bug 70: Something went wrong that should not: x is undefined
			This is a bug in agent-snapshot: please report it. AGENT_SNAPSHOT_DEBUG=1 shows where."
		`);
	});
});
