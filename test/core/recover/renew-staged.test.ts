import { describe, expect, it } from "vitest";
import { settle } from "../../../src/core/recover/settle.ts";
import { SnapshotError } from "../../../src/errors.ts";
import { create, recover, restore } from "../../support/commands.ts";
import {
	changed,
	changedInEveryWay,
	diedHalfWay,
} from "../../support/crash-scenes.ts";
import { dyingEverywhere, failingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import { agentOn, read, STORE } from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const SNAPSHOT = "20261121-011502";

interface Staged {
	readonly path: string;
	readonly staged: string;
}

/** Died right behind its commit point. */
async function interrupted(options = {}): Promise<Machine> {
	return diedHalfWay(
		await changed(changedInEveryWay),
		(dying) => restore(dying, "1", options),
		1,
	);
}

async function asRestored(): Promise<Record<string, string>> {
	const whole = await changed(changedInEveryWay);
	await restore(whole, "1");
	return homeState(whole);
}

function stagedOf(on: Machine): Staged[] {
	const { steps } = JSON.parse(
		read(on, "state-snapshots/.restore/journal.json"),
	);
	return steps.filter((step: Partial<Staged>) => step.staged !== undefined);
}

function flip(on: Machine, file: string, at?: number): void {
	const bytes = Buffer.from(on.volume.readFileSync(file) as Uint8Array);
	const where = at ?? bytes.length - 1;
	bytes.writeUInt8(bytes.readUInt8(where) ^ 1, where);
	on.volume.writeFileSync(file, bytes);
}

function flipStaged(on: Machine, path: string, at?: number): void {
	const found = stagedOf(on).find((step) => step.path === path);
	flip(on, `${STORE}/.restore/new/${found?.staged}`, at);
}

describe("a staged file that has rotted when a restore is recovered", () => {
	it.each([
		["of a file", "config.yaml", undefined],
		["of a database", "state.db", undefined],
		["of a database's journal mode", "state.db", 18],
	])("is staged anew from the snapshot: a bit %s", async (_, path, at) => {
		const on = await interrupted();
		flipStaged(on, path, at);
		await recover(on);
		expect(homeState(on)).toEqual(await asRestored());
	});

	it("is staged anew when it was exchanged for that of another path", async () => {
		const on = await interrupted();
		const [one, other] = stagedOf(on).map(
			({ staged }) => `${STORE}/.restore/new/${staged}`,
		);
		on.volume.renameSync(`${one}`, `${one}.x`);
		on.volume.renameSync(`${other}`, `${one}`);
		on.volume.renameSync(`${one}.x`, `${other}`);
		await recover(on);
		expect(homeState(on)).toEqual(await asRestored());
	});

	it("is never put in, whatever the recovery dies at", async () => {
		const on = await interrupted();
		flipStaged(on, "config.yaml");
		const after = await asRestored();
		await dyingEverywhere(on, recover, async ({ on: died, at }) => {
			await recover(died);
			expect(homeState(died), at).toEqual(after);
		});
	});

	it("is never put in, whatever change the disk refuses", async () => {
		const on = await interrupted();
		flipStaged(on, "config.yaml");
		const after = await asRestored();
		await failingEverywhere(on, recover, async ({ on: failed, at }) => {
			await recover(failed);
			expect(homeState(failed), at).toEqual(after);
		});
	});
});

describe("one that the snapshot has lost as well", () => {
	async function lost(options = {}): Promise<Machine> {
		const on = await interrupted(options);
		flipStaged(on, "config.yaml");
		flip(on, `${STORE}/${SNAPSHOT}/config.yaml`);
		return on;
	}

	async function refusal(on: Machine): Promise<SnapshotError> {
		try {
			await recover(on);
		} catch (error) {
			if (error instanceof SnapshotError) return error;
			throw error;
		}
		throw new Error("it was not refused");
	}

	it("is named, and nothing is changed", async () => {
		const on = await lost();
		const before = homeState(on);
		const { code, message, hint } = await refusal(on);
		expect(code).toBe("recovery-blocked");
		expect(message).toMatch(/the new config\.yaml, .* damaged there, too/);
		expect(message).toContain("Nothing in the agent's home was changed now.");
		expect(hint).toContain("`recover --back`");
		expect(homeState(on)).toEqual(before);
	});

	it("is said to be gone when the whole snapshot is", async () => {
		const on = await lost();
		on.volume.rmSync(`${STORE}/${SNAPSHOT}`, { recursive: true });
		expect((await refusal(on)).message).toContain("not there any more");
	});

	it("keeps no way back from being offered that there is not", async () => {
		const { hint } = await refusal(await lost({ undo: false }));
		expect(hint).not.toContain("--back");
		expect(hint).toContain(storeAt.restoring);
	});

	it("can be gone back from, and snapshots made beside it", async () => {
		const on = await lost();
		const whole = homeState(await changed(changedInEveryWay));
		expect(await create(on)).toMatchObject({ recoveryBlocked: true });
		await settle(agentOn(on), "back");
		expect(homeState(on)).toEqual(whole);
	});
});
