import { describe, expect, it } from "vitest";
import { prune } from "../../src/core/retention/prune.ts";
import { listSnapshots } from "../../src/core/store/listing.ts";
import { readManifest } from "../../src/core/store/store.ts";
import { verifySnapshot } from "../../src/core/verify/verify.ts";
import {
	create,
	listedIds,
	recover,
	restore,
	undo,
} from "../support/commands.ts";
import {
	changed,
	changedInEveryWay,
	restored,
	scenes,
} from "../support/crash-scenes.ts";
import { dyingEverywhere } from "../support/dying.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const named = scenes.map((scene) => [scene.name, scene] as const);
const undoable = named.filter(([, scene]) => scene.undoable !== false);
const restoreIt = (on: Machine) => restore(on, "1");

function stateOf(on: Machine): string {
	return JSON.stringify(homeState(on), undefined, 1);
}

/** Every snapshot in the list is whole. */
async function expectWhole(on: Machine, at: string): Promise<void> {
	const { snapshots, damaged } = listSnapshots(on.system.disk, storeAt);
	expect(damaged, at).toEqual([]);
	for (const { id } of snapshots)
		await verifySnapshot(
			agentOn(on),
			readManifest(on.system.disk, storeAt, id),
		);
}

/** Nothing is in the quarantine that an undisturbed restore does not leave there. */
function expectNoLitter(on: Machine, undisturbed: Machine, at: string): void {
	if (!undisturbed.volume.existsSync(storeAt.quarantine))
		expect(on.volume.existsSync(storeAt.quarantine), at).toBe(false);
}

async function recovered(on: Machine, at: string): Promise<void> {
	await recover(on).catch((error: unknown) => {
		throw new Error(`recovery failed after ${at}`, { cause: error });
	});
	expect(on.volume.existsSync(`${STORE}/.restore`), at).toBe(false);
}

/** `work` is done twice on machines that are alike: once undisturbed, then dying everywhere. */
async function expectOldOrNew(
	[undisturbed, dying]: [Machine, Machine],
	work: (on: Machine) => Promise<unknown>,
): Promise<void> {
	const old = stateOf(undisturbed);
	await work(undisturbed);
	const states = [old, stateOf(undisturbed)];
	const seen = new Set<string>();
	await dyingEverywhere(dying, work, async ({ on, at }) => {
		await recovered(on, at);
		expect(states, at).toContain(stateOf(on));
		expectNoLitter(on, undisturbed, at);
		seen.add(stateOf(on));
		await expectWhole(on, at);
	});
	expect([...seen].toSorted()).toEqual(states.toSorted());
}

describe("dying at any change of the disk, and recovering,", () => {
	it.each(named)("restores all or nothing of %s", async (_, scene) =>
		expectOldOrNew([await changed(scene), await changed(scene)], restoreIt));

	it.each(
		undoable,
	)("takes back all or nothing of a restore of %s", async (_, scene) =>
		expectOldOrNew([await restored(scene), await restored(scene)], undo));

	it.each(
		named.filter(([, scene]) => scene.undoable === false),
	)("loses nothing that the agent makes anew in the place of %s", async (_, scene) => {
		const first = await changed(scene);
		await dyingEverywhere(first, restoreIt, async ({ on, at }) => {
			for (const suffix of ["-wal", "-journal"])
				on.volume.rmSync(`${HOME}/state.db${suffix}`, { force: true });
			putDatabase(on, "state.db", "made anew");
			const isPending = on.volume.existsSync(storeAt.journal);
			const error = await recover(on).catch((thrown: unknown) => thrown);
			if (isPending)
				expect(error, at).toMatchObject({ code: "recovery-blocked" });
			expect(homeState(on)["state.db"], at).toContain("made anew");
		});
	});

	it("leaves a snapshot that is whole, or none", async () => {
		const first = plainMachine();
		await create(first);
		const counts = new Set<number>();
		await dyingEverywhere(first, create, async ({ on, at }) => {
			expect(stateOf(on), at).toBe(stateOf(first));
			counts.add(listedIds(on).length);
			await expectWhole(on, at);
			await create(on);
			expect(hidden(on), at).toEqual([".lock.db", ".sizes.json"]);
		});
		expect([...counts].toSorted()).toEqual([1, 2]);
	});

	it("prunes whole snapshots or none, and the next command removes the rest", async () => {
		const first = plainMachine();
		for (let made = 0; made < 3; made++) await create(first);
		const keepOne = (on: Machine) =>
			prune(agentOn(on), { keep: 1, dryRun: false });
		const counts = new Set<number>();
		await dyingEverywhere(first, keepOne, async ({ on, at }) => {
			counts.add(listedIds(on).length);
			await expectWhole(on, at);
			await keepOne(on);
			expect(listedIds(on), at).toEqual(listedIds(first).slice(0, 1));
			await create(on);
			expect(hidden(on), at).toEqual([".lock.db", ".sizes.json"]);
		});
		expect([...counts].toSorted()).toEqual([1, 2, 3]);
	});
});

const pairs = named.filter(([name]) =>
	[changedInEveryWay.name, "a database that is held open"].includes(name),
);

describe("dying at any change, and once more at any change of the recovery,", () => {
	it.each(pairs)("restores all or nothing of %s", async (_, scene) =>
		expectOldOrNewAfterTwo(
			[await changed(scene), await changed(scene)],
			restoreIt,
		));

	it.each(pairs)("takes back all or nothing of %s", async (_, scene) =>
		expectOldOrNewAfterTwo(
			[await restored(scene), await restored(scene)],
			undo,
		));
});

async function expectOldOrNewAfterTwo(
	[undisturbed, dying]: [Machine, Machine],
	work: (on: Machine) => Promise<unknown>,
): Promise<void> {
	const old = stateOf(undisturbed);
	await work(undisturbed);
	const states = [old, stateOf(undisturbed)];
	let deaths = 0;
	await dyingEverywhere(dying, work, async (first) => {
		await dyingEverywhere(first.on, recover, async ({ on, at }) => {
			const where = `${first.at}, then ${at}`;
			await recovered(on, where);
			expect(states, where).toContain(stateOf(on));
			expectNoLitter(on, undisturbed, where);
			deaths++;
		});
	});
	expect(deaths).toBeGreaterThan(100);
}

function hidden({ volume }: Machine): string[] {
	const names = volume.readdirSync(STORE).map(String);
	return names.filter((name) => name.startsWith("."));
}
