import { describe, expect, it } from "vitest";
import { recover } from "../../../src/core/restore/at-next-start.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { SnapshotError } from "../../../src/errors.ts";
import { create, listedIds, restore } from "../../support/commands.ts";
import { changed, changedInEveryWay } from "../../support/crash-scenes.ts";
import { dyingAt } from "../../support/dying.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	read,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const NONE = { snapshot: undefined, movedAside: [] };

/** The power went after the third change of the home itself. */
async function interrupted(): Promise<Machine> {
	const on = await changed(changedInEveryWay);
	const ending = await dyingAt(4, on, async (dying) => {
		const { before } = dying;
		dying.before = (call, tear) => {
			const committed = dying.volume.existsSync(storeAt.journal);
			if (committed && !call.startsWith("sync")) before(call, tear);
		};
		await restore(dying, "1");
	});
	if (ending === undefined) throw new Error("it was done too early");
	return ending.on;
}

async function blockedError(on: Machine): Promise<SnapshotError> {
	try {
		await recover(agentOn(on));
	} catch (error) {
		if (error instanceof SnapshotError) return error;
		throw error;
	}
	throw new Error("it was not blocked");
}

describe("recovering", () => {
	it("has nothing to do in a home without a store, and makes none", async () => {
		const on = plainMachine();
		expect(await recover(agentOn(on))).toEqual(NONE);
		expect(on.volume.existsSync(STORE)).toBe(false);
	});

	it("says which restore it finished, and leaves its undo in the list", async () => {
		const on = await interrupted();
		const { recoveryPending } = listSnapshots(on.system.disk, storeAt);
		expect(recoveryPending).toBe(true);
		expect(await recover(agentOn(on))).toEqual({
			...NONE,
			snapshot: "20261121-011502",
			canUndo: true,
		});
		expect(listedIds(on)[0]).toMatch(/before-restore$/);
		expect(await recover(agentOn(on))).toEqual(NONE);
	});

	it("is done by the next command that writes", async () => {
		const on = await interrupted();
		await create(on);
		expect(on.volume.existsSync(storeAt.restoring)).toBe(false);
		expect(read(on, "config.yaml")).toBe("model: one\n");
	});

	it("forgets a restore that never reached its commit point", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/.restore/new/000000", "staged");
		expect(await recover(agentOn(on))).toEqual(NONE);
		expect(on.volume.existsSync(storeAt.restoring)).toBe(false);
	});
});

describe("when the agent wrote on after the crash", () => {
	async function writtenOn(): Promise<Machine> {
		const on = await interrupted();
		put(on, "letters/bob.txt", "Dear Bob");
		put(on, "config.yaml", "written after the crash");
		return on;
	}

	it("asks, and changes nothing", async () => {
		const on = await writtenOn();
		const { code, message } = await blockedError(on);
		expect(code).toBe("recovery-blocked");
		expect(message).toContain("config.yaml");
		expect(message).toContain("Nothing in the agent's home was changed now.");
		expect(read(on, "config.yaml")).toBe("written after the crash");
	});

	it("names a snapshot of what was there before, and it is there", async () => {
		const on = await writtenOn();
		const { hint = "" } = await blockedError(on);
		const [id = "it names none"] = /\d{8}-\d{6}[\w-]*/.exec(hint) ?? [];
		expect(listedIds(on)).toContain(id);
	});

	it("lets snapshots be made, saying so, and none restored", async () => {
		const on = await writtenOn();
		expect(await create(on)).toMatchObject({
			created: true,
			recoveryBlocked: true,
		});
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "recovery-blocked",
		});
		expect(read(on, "config.yaml")).toBe("written after the crash");
	});
});

describe("a journal", () => {
	it.each<[what: string, text: string]>([
		["is cut short", '{"formatVersion": 1, "snap'],
		["is of a later version", '{"formatVersion": 2}'],
		[
			"names a path upwards",
			journal({ do: "set-mode", path: "../x", mode: 0o777 }),
		],
		[
			"names a staged file elsewhere",
			journal({ do: "link", path: "x", target: "y", staged: "../../x" }),
		],
		["knows a step that we do not", journal({ do: "format-disk", path: "x" })],
		[
			"names a staged file twice",
			journal(
				{ do: "link", path: "x", target: "y", staged: "000000" },
				{ do: "link", path: "y", target: "y", staged: "000000" },
			),
		],
	])("that %s is not followed", async (_, text) => {
		const on = plainMachine();
		put(on, "state-snapshots/.restore/journal.json", text);
		const { code, hint } = await blockedError(on);
		expect(code).toBe("recovery-blocked");
		expect(hint).toContain(storeAt.journal);
		expect(on.volume.readdirSync(HOME)).not.toContain("x");
	});

	function journal(...steps: Record<string, unknown>[]): string {
		const startedAt = "2026-11-21T01:14:02.000Z";
		return JSON.stringify({
			formatVersion: 1,
			snapshot: "x",
			startedAt,
			steps,
		});
	}
});
