import { describe, expect, it } from "vitest";
import { explain } from "../../../src/commands/call/explain.ts";
import { settle } from "../../../src/core/recover/settle.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { create, listedIds, restore } from "../../support/commands.ts";
import {
	changed,
	changedInEveryWay,
	diedHalfWay,
} from "../../support/crash-scenes.ts";
import { dyingEverywhere, failingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import { agentOn, HOME, put, STORE } from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

interface Scene {
	/** The power went in the middle of the restore, and the agent then wrote on. */
	readonly on: Machine;
	readonly before: Record<string, string>;
	readonly after: Record<string, string>;
}

/** `last`: how many changes of the home the restore had made. */
async function interrupted(last = 4): Promise<Scene> {
	const whole = await changed(changedInEveryWay);
	const before = homeState(whole);
	await restore(whole, "1");
	const on = await diedHalfWay(
		await changed(changedInEveryWay),
		(dying) => restore(dying, "1"),
		last,
	);
	put(on, "config.yaml", "written after the crash");
	return { on, before, after: homeState(whole) };
}

describe("an interrupted restore after which the agent wrote on", () => {
	it.each([
		1, 3, 4, 5, 9,
	])("can be finished, after %i changes", async (last) => {
		const { on, after } = await interrupted(last);
		await settle(agentOn(on), "finish");
		expect(homeState(on)).toEqual(after);
		expect(on.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it.each([
		1, 3, 4, 5, 9,
	])("can be gone back from, after %i changes", async (last) => {
		const { on, before } = await interrupted(last);
		await settle(agentOn(on), "back");
		expect(homeState(on)).toEqual(before);
	});

	it("can be gone back from though an earlier restore was made without an undo snapshot", async () => {
		const { on, before } = await interrupted();
		on.volume.writeFileSync(storeAt.noUndo, "");
		await settle(agentOn(on), "back");
		expect(homeState(on)).toEqual(before);
	});

	it("loses nothing that was written since: it is a snapshot of its own", async () => {
		const { on } = await interrupted();
		const now = homeState(on);
		const { present } = await settle(agentOn(on), "back");
		expect(listedIds(on)).toContain(present.id);
		await restore(on, present.id);
		expect(homeState(on)["config.yaml"]).toBe(now["config.yaml"]);
	});

	it.each([
		"finish",
		"back",
	] as const)("can still be settled after dying at any change of %s", async (direction) => {
		const { on, before, after } = await interrupted();
		const wanted = direction === "finish" ? after : before;
		const again = (machine: Machine) => settle(agentOn(machine), direction);
		await dyingEverywhere(on, again, async ({ on: died, at }) => {
			// Either the way out is on its way and any command ends it, or the choice is still open.
			await create(died);
			if (died.volume.existsSync(storeAt.journal)) await again(died);
			expect(homeState(died), at).toEqual(wanted);
		});
	});

	it.each([
		"finish",
		"back",
	] as const)("can still be settled after the disk refused any change of %s", async (direction) => {
		const { on, before, after } = await interrupted();
		const wanted = direction === "finish" ? after : before;
		const again = (machine: Machine) => settle(agentOn(machine), direction);
		await failingEverywhere(on, again, async ({ on: failed, at }) => {
			await create(failed);
			if (failed.volume.existsSync(storeAt.journal)) await again(failed);
			expect(homeState(failed), at).toEqual(wanted);
		});
	});

	it("says after a failure that the present was kept", async () => {
		const { on } = await interrupted();
		const finish = (machine: Machine) => settle(agentOn(machine), "finish");
		const known = listedIds(on);
		const lies: string[] = [];
		await failingEverywhere(on, finish, async ({ on: failed, at, error }) => {
			if (error === undefined) return;
			const { text } = explain(error);
			const kept = listedIds(failed).find(
				(id) => id.includes("before-recover") && !known.includes(id),
			);
			if (kept !== undefined && !text.includes(kept))
				lies.push(`${at}: ${text}`);
		});
		expect(lies).toEqual([]);
	});

	it("makes no second snapshot of the same present when a refused way out is tried again", async () => {
		const { on } = await interrupted();
		const { isFixed } = on.system.disk;
		on.system.disk.isFixed = () => true;
		const again = () => settle(agentOn(on), "back");
		await expect(again()).rejects.toThrow("cannot be changed");
		const known = listedIds(on);
		await expect(again()).rejects.toThrow("cannot be changed");
		expect(listedIds(on)).toEqual(known);
		on.system.disk.isFixed = isFixed;
		const { present } = await again();
		expect(known).toContain(present.id);
	});

	it("is preceded by a new snapshot when the newest differs in what is never put back", async () => {
		const { on } = await interrupted();
		await create(on, "by hand");
		put(on, "running.json", '{"pid":2}');
		const { present } = await settle(agentOn(on), "back");
		expect(present.id).toContain("before-recover-back");
		const { entries } = readManifest(on.system.disk, storeAt, present.id);
		const { size } = on.volume.statSync(`${HOME}/running.json`);
		expect(entries).toContainEqual(
			expect.objectContaining({ path: "running.json", size }),
		);
	});

	it("is preceded by a new snapshot when the one of the try before has rotted", async () => {
		const { on } = await interrupted();
		const { isFixed } = on.system.disk;
		on.system.disk.isFixed = () => true;
		await expect(settle(agentOn(on), "back")).rejects.toThrow("be changed");
		const [rotten = ""] = listedIds(on);
		on.volume.writeFileSync(`${STORE}/${rotten}/config.yaml`, "rot");
		on.system.disk.isFixed = isFixed;
		const { present } = await settle(agentOn(on), "back");
		expect(present.id).not.toBe(rotten);
	});

	it("goes back and prunes neither what was being restored nor the present", async () => {
		const on = await changed(changedInEveryWay);
		const [restored = ""] = listedIds(on);
		put(on, "state-snapshots/config.json", '{"keep":{"manual":3}}');
		for (const label of ["two", "three"]) await create(on, label);
		const died = await diedHalfWay(on, (dying) => restore(dying, restored));
		put(died, "config.yaml", "written after the crash");
		const { present, outcome } = await settle(agentOn(died), "back");
		expect(listedIds(died)).toEqual(
			expect.arrayContaining([restored, present.id]),
		);
		expect(outcome.pruned).toMatchObject({ removed: [] });
	});

	it.each([
		"finish",
		"back",
	] as const)("can be settled by %s whatever stands in the settings, and prunes nothing then", async (direction) => {
		const { on } = await interrupted();
		put(on, "state-snapshots/config.json", '{"keep": {"manual": 1');
		const known = listedIds(on);
		await settle(agentOn(on), direction);
		expect(listedIds(on)).toEqual(expect.arrayContaining(known));
		expect(on.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it("is none when nothing was interrupted", async () => {
		const on = await changed(changedInEveryWay);
		await expect(settle(agentOn(on), "finish")).rejects.toMatchObject({
			code: "not-found",
		});
	});
});
