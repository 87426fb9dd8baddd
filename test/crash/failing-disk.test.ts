import { describe, expect, it } from "vitest";
import { explain } from "../../src/commands/call/explain.ts";
import { listSnapshots } from "../../src/core/store/listing.ts";
import { create, recover, restore, undo } from "../support/commands.ts";
import {
	changed,
	changedInEveryWay,
	diedHalfWay,
	restored,
	scenes,
} from "../support/crash-scenes.ts";
import { type Failure, failingEverywhere } from "../support/dying.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import { plainMachine, STORE } from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const named = scenes.map((scene) => [scene.name, scene] as const);
const undoable = named.filter(([, scene]) => scene.undoable !== false);
const restoreIt = (on: Machine) => restore(on, "1");

/** Paths that are not as they should be. */
function wrong(on: Machine, expected: Record<string, string>): string[] {
	const now = homeState(on);
	const paths = new Set([...Object.keys(now), ...Object.keys(expected)]);
	return [...paths].filter((path) => now[path] !== expected[path]);
}

/**
 * A refused change of the disk, wherever it comes: the reply says what is the case, and when it says that nothing
 * was changed, no later command changes anything either.
 */
async function expectTrueReplies(
	[undisturbed, failing]: [Machine, Machine],
	work: (on: Machine) => Promise<unknown>,
): Promise<void> {
	const old = homeState(undisturbed);
	await work(undisturbed);
	const wanted = homeState(undisturbed);
	const lies: string[] = [];
	await failingEverywhere(failing, work, async (failure) => {
		lies.push(...(await liesAbout(failure, old, wanted)));
	});
	expect(lies).toEqual([]);
}

async function liesAbout(
	{ on, at, error }: Failure,
	old: Record<string, string>,
	wanted: Record<string, string>,
): Promise<string[]> {
	const lie = (what: string, paths: string[]) =>
		paths.length === 0 ? [] : [`${at}: ${what}, but not ${paths.join(", ")}`];
	if (error === undefined) return lie("said to be done", wrong(on, wanted));
	const { text } = explain(error);
	const { recoveryPending } = listSnapshots(on.system.disk, storeAt);
	if (text.includes("half-way") && !recoveryPending)
		return [`${at}: said to be half-way, and nothing is to recover`];
	const found = text.includes("half-way")
		? []
		: /Nothing .*was changed/.test(text)
			? lie("said that all is as it was", wrong(on, old))
			: [`${at}: does not say whether anything was changed: ${text}`];
	await recover(on);
	return text.includes("half-way")
		? lie("said that recover would finish it", wrong(on, wanted))
		: [...found, ...lie("said so; the next command", wrong(on, old))];
}

describe("when the disk refuses any one change, the reply is true", () => {
	it.each(named)("of a restore of %s", async (_, scene) =>
		expectTrueReplies([await changed(scene), await changed(scene)], restoreIt));

	it.each(undoable)("of an undo of %s", async (_, scene) =>
		expectTrueReplies([await restored(scene), await restored(scene)], undo));

	it("of a create that finishes an interrupted restore first", async () => {
		const whole = await changed(changedInEveryWay);
		await restoreIt(whole);
		const wanted = homeState(whole);
		const half = await diedHalfWay(await changed(changedInEveryWay), restoreIt);
		const old = homeState(half);
		const lies: string[] = [];
		await failingEverywhere(half, create, async ({ on, at, error }) => {
			const text = error === undefined ? "Finished" : explain(error).text;
			if (text.includes("could not be finished")) return;
			const isFinished = text.startsWith("Finished");
			const paths = wrong(on, isFinished ? wanted : old);
			if (paths.length > 0) lies.push(`${at}: ${text} ${paths.join(", ")}`);
		});
		expect(lies).toEqual([]);
	});

	it("of a create: the home is as it was, and nothing is left behind", async () => {
		const first = plainMachine();
		await create(first);
		const old = homeState(first);
		await failingEverywhere(first, create, async ({ on, at }) => {
			expect(wrong(on, old), at).toEqual([]);
			const { damaged } = listSnapshots(on.system.disk, storeAt);
			expect(damaged, at).toEqual([]);
			await create(on);
			const names = on.volume.readdirSync(STORE).map(String);
			expect(
				names.filter((name) => name.startsWith(".")),
				at,
			).toEqual([".lock.db", ".sizes.json"]);
		});
	});
});
