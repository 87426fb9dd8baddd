import { describe, expect, it } from "vitest";
import type { JournalStep } from "../../src/core/apply/journal.ts";
import { createSnapshot } from "../../src/core/create/create.ts";
import { LiveLocks } from "../../src/core/restore/live-locks.ts";
import { restoreSnapshot } from "../../src/core/restore/restore.ts";
import { SnapshotError } from "../../src/errors.ts";
import { create, listedIds } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	plainMachine,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";

const WHOLE = { dryRun: false, include: [], select: [], undo: true };

/** An agent whose person presses Ctrl-C when told to. */
function impatient(on: Machine) {
	const ending = new AbortController();
	const patience = { signal: ending.signal, deadline: undefined };
	return { agent: agentOn(on, { patience }), press: () => ending.abort() };
}

async function changed(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	putDatabase(on, "state.db", "eleven messages");
	return on;
}

describe("Ctrl-C while a database is checked", () => {
	it("ends a create, and leaves no snapshot that lacks the database or was not checked", async () => {
		const on = plainMachine();
		const { agent, press } = impatient(on);
		on.system.sqlite.check = async () => {
			press();
			return { verdict: "unfinished" };
		};
		await expect(
			createSnapshot(agent, { label: null, reason: "manual", force: true }),
		).rejects.toMatchObject({ code: "interrupted" });
		expect(listedIds(on)).toEqual([]);
	});

	it.each([
		["before the journal", "undo/state.db", "interrupted"],
		["after it", "/.plain/state.db", undefined],
	])("never leaves a restore half-way: %s", async (_, checked, code) => {
		const on = await changed();
		const before = homeState(on);
		const { agent, press } = impatient(on);
		on.system.sqlite.check = async (path) => {
			if (path.endsWith(checked)) press();
			return { verdict: "unfinished" };
		};
		const ended = restoreSnapshot(agent, { target: { ref: "1" }, ...WHOLE });
		if (code !== undefined) {
			await expect(ended).rejects.toMatchObject({ code });
			expect(homeState(on)).toEqual(before);
		} else expect((await ended).undo).toBeDefined();
		expect(on.volume.existsSync(`${STORE}/.restore`)).toBe(false);
	});

	it("moves no database aside that was only not looked through", async () => {
		const on = await changed();
		const { agent } = impatient(on);
		on.system.sqlite.check = async () => ({ verdict: "unfinished" });
		const { plan } = await restoreSnapshot(agent, {
			target: { ref: "1" },
			...WHOLE,
		});
		expect(plan.steps.map((step) => step.do)).not.toContain("set-aside");
	});
});

describe("Ctrl-C while a locked database is waited for", () => {
	it("ends the wait for its write lock", async () => {
		const on = await changed();
		const before = homeState(on);
		const { agent, press } = impatient(on);
		on.system.sqlite.beginReplace = async (_from, _live, _wait, patience) => {
			press();
			patience?.signal.throwIfAborted();
			throw new SnapshotError("busy-database", "not free");
		};
		await expect(
			restoreSnapshot(agent, { target: { ref: "1" }, ...WHOLE }),
		).rejects.toMatchObject({ name: "AbortError" });
		expect(homeState(on)).toEqual(before);
	});

	it("ends the wait for a reservation", async () => {
		const on = await changed();
		const { agent, press } = impatient(on);
		const locks = new LiveLocks(agent, "any");
		const step: JournalStep = {
			do: "database",
			path: "state.db",
			entry: {
				path: "state.db",
				kind: "database",
				size: 112,
				sha256: "0".repeat(64),
				content: "0".repeat(64),
				journalMode: "wal",
				checked: true,
			},
			staged: "000000",
			how: "through",
			signature: "-",
		};
		putDatabase(on, "state-snapshots/.restore/new/000000", "ten messages");
		await locks.take([step], "");
		on.system.sqlite.reserve = () => {
			press();
			return undefined;
		};
		await expect(locks.reserve(["state.db"], "")).rejects.toMatchObject({
			code: "interrupted",
		});
	});
});
