import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import { type Agent, agentAt } from "../../../src/core/home/agent.ts";
import { layoutOf } from "../../../src/core/home/layout.ts";
import {
	postponeRestore,
	recover,
} from "../../../src/core/restore/at-next-start.ts";
import { restoreSnapshot } from "../../../src/core/restore/restore.ts";
import { withLock } from "../../../src/core/store/lock.ts";
import { dyingAt } from "../../support/dying.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainHost,
	plainMachine,
	put,
	read,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

const FILES = ["config.yaml", "letters/a.txt"];
const CODER = `${HOME}/profiles/coder`;
const BOTH = [
	["the home around", HOME, CODER],
	["a home within", CODER, HOME],
] as const;

function at(on: Machine, home: string): Agent {
	return agentAt({ ...agentOn(on), home });
}

function machineWithProfiles(): Machine {
	const on = plainMachine();
	for (const name of ["coder", "writer"])
		for (const file of ["config.yaml", "deep/down/note.txt", "letters/a.txt"])
			put(on, `profiles/${name}/${file}`, "one");
	return on;
}

function create(on: Machine, home: string) {
	on.clock.advance(60_000);
	const request = { label: null, reason: "manual", force: true };
	return createSnapshot(at(on, home), request);
}

function requestOf(ref: string, dryRun = false) {
	const target = { ref };
	return { target, dryRun, include: [], select: [], undo: true };
}

function restore(on: Machine, home: string, dryRun = false) {
	on.clock.advance(60_000);
	return restoreSnapshot(at(on, home), requestOf("1", dryRun));
}

/** With a lock in both, as after a first snapshot. */
async function bothUsed(): Promise<Machine> {
	const on = machineWithProfiles();
	await create(on, CODER);
	await create(on, HOME);
	return on;
}

function hold(on: Machine, home: string, work: () => Promise<unknown>) {
	return withLock(at(on, home), "restore", work);
}

function whileHeld(on: Machine, held: string, other: string): Promise<string> {
	let said = "let in";
	const work = async () => {
		await hold(on, other, async () => {}).catch((error: Error) => {
			said = error.message;
		});
	};
	return hold(on, held, work).then(() => said);
}

describe("a home and one within it", () => {
	it.each(
		BOTH,
	)("never have two commands at work: %s", async (_, held, other) => {
		expect(await whileHeld(await bothUsed(), held, other)).toMatch(
			`in ${held}, ${held === HOME ? "the home around this one" : "a home within this one"} (restore, process 4242, `,
		);
	});

	it.each(
		BOTH,
	)("nor when the other one's store has still to be made: %s", async (_, held, other) => {
		expect(await whileHeld(machineWithProfiles(), held, other)).toContain(
			`at work in ${held}`,
		);
	});

	it("nor when both make their first one at once", async () => {
		const on = machineWithProfiles();
		const { sqlite } = on.system;
		const { tryLock } = sqlite;
		sqlite.tryLock = (path, isShared) => {
			// The command there has looked for locks within before this one was made.
			put(on, "state-snapshots/.lock.db", "");
			on.elsewhere.locked.add(`${HOME}/state-snapshots/.lock.db`);
			return tryLock(path, isShared);
		};
		await expect(hold(on, CODER, async () => {})).rejects.toThrow(
			`at work in ${HOME}, the home around`,
		);
		on.elsewhere.locked.clear();
		sqlite.tryLock = tryLock;
		// And the one that gave way holds nothing.
		expect(sqlite.tryLock(`${CODER}/state-snapshots/.lock.db`)).toBeDefined();
	});

	it("wait for each other, and none holds a lock while it waits", async () => {
		const on = await bothUsed();
		const sleep = on.clock.sleep;
		on.elsewhere.locked.add(`${CODER}/state-snapshots/.lock.db`);
		const clock = {
			...on.clock,
			async sleep(milliseconds: number) {
				await sleep(milliseconds);
				const own = `${HOME}/state-snapshots/.lock.db`;
				const free = on.system.sqlite.tryLock(own);
				expect(free).toBeDefined();
				free?.();
				on.elsewhere.locked.clear();
			},
		};
		const waiting = { ...on, system: { ...on.system, clock } };
		const outer = { ...at(waiting, HOME), waitMilliseconds: 1000 };
		expect(await withLock(outer, "create", async () => "let in")).toBe(
			"let in",
		);
	});

	it("leave two homes within one to work side by side", async () => {
		const on = await bothUsed();
		const writer = `${HOME}/profiles/writer`;
		await create(on, writer);
		expect(await whileHeld(on, CODER, writer)).toBe("let in");
	});

	it.each<[why: string, change: (on: Machine) => void]>([
		[
			"is another user's",
			(on) => {
				on.system.disk.mayRead = (path) => !path.startsWith(CODER);
			},
		],
		[
			"has a ruined lock",
			(on) => {
				const { tryLock } = on.system.sqlite;
				on.system.sqlite.tryLock = (path, isShared) => {
					if (!path.startsWith(CODER)) return tryLock(path, isShared);
					throw Object.assign(new Error(), { code: "SQLITE_NOTADB" });
				};
			},
		],
		[
			"is behind a link",
			(on) => {
				on.volume.renameSync(CODER, "/elsewhere");
				on.volume.symlinkSync("/elsewhere", CODER);
				on.elsewhere.locked.add(`${CODER}/state-snapshots/.lock.db`);
			},
		],
		[
			"may not be looked into",
			(on) => {
				const { stat } = on.system.disk;
				on.system.disk.stat = (path) => {
					if (!path.startsWith(`${CODER}/`)) return stat(path);
					throw Object.assign(new Error(), { code: "EACCES" });
				};
			},
		],
	])("go on where the one within %s", async (_, change) => {
		const on = await bothUsed();
		change(on);
		expect(await hold(on, HOME, async () => "let in")).toBe("let in");
	});

	it("are one tree where the state lies in several directories", async () => {
		const on = await bothUsed();
		const host = {
			...plainHost,
			roots: { more: { variable: "MORE", place: "more" } },
		};
		const places = { home: HOME, roots: { more: "/home/ada/more" } };
		const layout = layoutOf(on.system.disk, host, places);
		const agent = agentAt({ ...at(on, HOME), ...layout }, layout.storeIn);
		on.elsewhere.locked.add(`${CODER}/state-snapshots/.lock.db`);
		expect(await withLock(agent, "create", async () => "let in")).toBe(
			"let in",
		);
	});
});

/** A restore there died behind its commit point; a snapshot of the other home is there, too. */
async function interruptedIn(home: string): Promise<Machine> {
	const first = await bothUsed();
	for (const file of FILES) put(first, `profiles/coder/${file}`, "two");
	const journal = `${home}/state-snapshots/.restore/journal.json`;
	const ending = await dyingAt(3, first, async (dying) => {
		const { before: count } = dying;
		dying.before = (call, tear) => {
			const isCommitted = dying.volume.existsSync(journal);
			if (isCommitted && !call.startsWith("sync")) count(call, tear);
		};
		await restore(dying, home);
	});
	if (ending === undefined) throw new Error("it was done too early");
	return ending.on;
}

function coder(on: Machine): string[] {
	return FILES.map((file) => read(on, `profiles/coder/${file}`));
}

describe("a restore that was interrupted in a home that has state in common", () => {
	it.each(
		BOTH,
	)("is finished by the next command, which says so: %s", async (_, home, other) => {
		const on = await interruptedIn(home);
		expect(coder(on)).toContain("two");
		const { recovered, blockedElsewhere } = await create(on, other);
		expect(recovered.elsewhere).toMatchObject([{ home }]);
		expect(blockedElsewhere).toEqual([]);
		expect(coder(on)).toEqual(["one", "one"]);
	});

	it.each(
		BOTH,
	)("is finished by recover, even without a store of its own: %s", async (_, home, other) => {
		const on = await interruptedIn(home);
		on.volume.rmSync(`${other}/state-snapshots`, { recursive: true });
		const places = { home: other, roots: {} };
		const { text, data } = await say(on, "recover", { places });
		expect(text).toMatch(`Finished the interrupted restore of `);
		expect(text).toContain(` in ${home}.\nRestart Plain`);
		expect(data).toMatchObject({ recovered: null, elsewhere: [{ home }] });
		expect(await recover(at(on, other))).not.toHaveProperty("elsewhere");
	});

	it.each(
		BOTH,
	)("is told by what only looks, and refuses a dry run: %s", async (_, home, other) => {
		const on = await interruptedIn(home);
		const before = coder(on);
		const places = { home: other, roots: {} };
		for (const verb of ["list", "status"]) {
			const { text, data } = await say(on, verb, { places });
			expect(text).toContain(`A restore was interrupted in ${home}: /snap`);
			expect(data).toMatchObject({ pendingElsewhere: [home] });
		}
		expect((await say(on, "doctor", { places })).text).toContain(
			`a restore was interrupted in ${home}: /snapshot recover`,
		);
		await expect(restore(on, other, true)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining(`interrupted in ${home} and has to`),
		});
		expect(coder(on)).toEqual(before);
	});

	it("is finished where no lock is any more, and the one that is made is its owner's", async () => {
		const on = await interruptedIn(CODER);
		const lock = `${CODER}/state-snapshots/.lock.db`;
		on.volume.unlinkSync(lock);
		const given: string[] = [];
		on.system.disk.setOwner = (path) => void given.push(path);
		Object.assign(on.system.processes, { canSetOwner: true });
		await create(on, HOME);
		expect(coder(on)).toEqual(["one", "one"]);
		expect(given).toContain(lock);
	});

	it.each(
		BOTH,
	)("is finished at the agent's start: %s", async (_, home, other) => {
		const on = await interruptedIn(home);
		await say(on, "auto start", { places: { home: other, roots: {} } });
		expect(coder(on)).toEqual(["one", "one"]);
	});
});

describe("one after which the agent wrote on", () => {
	async function blockedIn(home: string): Promise<Machine> {
		const on = await interruptedIn(home);
		for (const file of FILES) put(on, `profiles/coder/${file}`, "three");
		return on;
	}

	it.each(
		BOTH,
	)("lets snapshots be made, which say so and prune nothing: %s", async (_, home, other) => {
		const on = await blockedIn(home);
		const places = { home: other, roots: {} };
		const made = await create(on, other);
		expect(made).toMatchObject({ created: true, recoveryBlocked: false });
		expect(made.pruned).toBeUndefined();
		expect((await say(on, "create --force", { places })).text).toContain(
			`interrupted restore in ${home} waits to be settled, and what it touches is saved as it is now: agent-snapshot --host plain --home ${home} recover\n`,
		);
	});

	it.each(
		BOTH,
	)("lets none be restored, and says how to settle it: %s", async (_, home, other) => {
		const on = await blockedIn(home);
		const refusal = {
			code: "recovery-blocked",
			message: expect.stringContaining(`In ${home}: A restore of `),
			hint: expect.stringContaining(
				`\`agent-snapshot --host plain --home ${home} recover --finish\``,
			),
		};
		await expect(restore(on, other)).rejects.toMatchObject(refusal);
		await expect(
			postponeRestore(at(on, other), requestOf("1")),
		).rejects.toMatchObject(refusal);
		expect(coder(on)).toEqual(["three", "three"]);
		const places = { home, roots: {} };
		expect((await say(on, "recover --finish", { places })).ok).toBe(true);
		expect(coder(on)).toEqual(["one", "one"]);
		await restore(on, other);
	});

	it("is left to the user whom its store belongs to", async () => {
		const on = await interruptedIn(CODER);
		on.system.disk.mayChangeIn = (path) => !path.startsWith(CODER);
		expect((await create(on, HOME)).blockedElsewhere).toMatchObject([
			{ home: CODER },
		]);
		await expect(restore(on, HOME)).rejects.toThrow(`In ${CODER}: `);
	});
});
