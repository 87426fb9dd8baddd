import { describe, expect, it } from "vitest";
import { writeNextStart } from "../../../src/core/restore/next-start.ts";
import { removeSnapshot } from "../../../src/core/retention/remove.ts";
import { markSnapshot } from "../../../src/core/store/marks.ts";
import { create, listedIds, restore, undo } from "../../support/commands.ts";
import { diedHalfWay } from "../../support/crash-scenes.ts";
import { dyingEverywhere } from "../../support/dying.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	plainMachine,
	put,
	read,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";
import { storeAt, theirs } from "../../support/store-folders.ts";

async function withSnapshots(count: number): Promise<Machine> {
	const on = plainMachine();
	for (let made = 0; made < count; made++) await create(on);
	return on;
}

function remove(on: Machine, ref: string, force = false) {
	return removeSnapshot(agentOn(on), { ref, force, dryRun: false });
}

const untouched = (error: object) => ({
	...error,
	message: expect.stringContaining("Nothing was changed."),
});

describe("removing a snapshot", () => {
	it("removes the one that was named, and no other", async () => {
		const on = await withSnapshots(3);
		const [newest, second, oldest] = listedIds(on);
		const { snapshot, freed, left } = await remove(on, "2");
		expect([snapshot.id, left]).toEqual([second, 2]);
		expect(freed).toBeGreaterThan(0);
		expect(listedIds(on)).toEqual([newest, oldest]);
		expect(on.volume.readdirSync(STORE)).toEqual([
			".lock.db",
			".sizes.json",
			oldest,
			newest,
		]);
	});

	it("says first what would go, and touches nothing", async () => {
		const on = await withSnapshots(2);
		const calls: string[] = [];
		on.before = (call) => calls.push(call);
		const request = { ref: "1", force: false, dryRun: true };
		const { left } = await removeSnapshot(agentOn(on), request);
		expect([left, calls]).toEqual([1, []]);
	});

	it("leaves what the others share", async () => {
		const on = await withSnapshots(2);
		const [, old = ""] = listedIds(on);
		await remove(on, old);
		await restore(on, "1");
		expect(read(on, "config.yaml")).toBe("model: one\n");
	});
});

describe("what is not removed:", () => {
	it("the last good one, unless that is forced", async () => {
		const on = await withSnapshots(1);
		const error = untouched({ code: "failed" });
		await expect(remove(on, "1")).rejects.toMatchObject(error);
		await remove(on, "1", true);
		expect(listedIds(on)).toEqual([]);
	});

	it("the last that is sound, though there is a newer one that is damaged", async () => {
		const on = await withSnapshots(3);
		const [newest, sound = "", old = ""] = listedIds(on);
		on.volume.unlinkSync(`${STORE}/${newest}/state.db`);
		await remove(on, old);
		await expect(remove(on, sound)).rejects.toMatchObject({ code: "failed" });
		await remove(on, newest ?? "");
		expect(listedIds(on)).toEqual([sound]);
	});

	it.each([
		"marked",
		"unmarked",
	])("but not one that is itself damaged, though no other is sound: %s", async (how) => {
		const on = await withSnapshots(2);
		const [newest = "", old = ""] = listedIds(on);
		for (const id of [newest, old])
			on.volume.unlinkSync(`${STORE}/${id}/state.db`);
		if (how === "marked") await say(on, "verify --repair-list");
		await remove(on, old);
		await remove(on, newest);
		expect(listedIds(on)).toEqual([]);
	});

	it("the last of ours beside Hermes' own, which nothing says are sound", async () => {
		const on = await withSnapshots(1);
		const [id, manifest] = theirs("20300101-000000-new");
		put(on, `state-snapshots/${id}/manifest.json`, manifest);
		await expect(remove(on, "latest")).resolves.toMatchObject({
			snapshot: { id },
		});
		put(on, `state-snapshots/${id}/manifest.json`, manifest);
		await expect(remove(on, "2")).rejects.toMatchObject({ code: "failed" });
	});

	it("a pinned one, forced or not", async () => {
		const on = await withSnapshots(2);
		const marks = { pinned: true };
		await markSnapshot(agentOn(on), { ref: "2", purpose: "pin", marks });
		for (const force of [false, true])
			await expect(remove(on, "2", force)).rejects.toMatchObject({
				...untouched({ code: "failed" }),
				hint: expect.stringContaining("unpin"),
			});
	});

	it("one that a restore waits to put back at the next start", async () => {
		const on = await withSnapshots(2);
		const [, old = ""] = listedIds(on);
		writeNextStart(on.system.disk, storeAt, {
			snapshot: old,
			isUndo: false,
			select: [],
			include: [],
			undo: true,
			requestedAt: "2026-11-21T00:00:00Z",
		});
		await expect(remove(on, "2", true)).rejects.toMatchObject({
			hint: expect.stringContaining("recover --cancel"),
		});
		put(on, "state-snapshots/.next-start.json", "{");
		await expect(remove(on, "2")).rejects.toMatchObject({
			code: "recovery-blocked",
		});
	});

	it("one that an interrupted restore needs and the agent has written on since", async () => {
		const on = await withSnapshots(2);
		const [other = "", needed] = listedIds(on);
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		const died = await diedHalfWay(on, (dying) => restore(dying, "2"), 2);
		put(died, "config.yaml", "written after the crash");
		const error = untouched({ hint: expect.stringContaining("recover") });
		await expect(remove(died, "2", true)).rejects.toMatchObject(error);
		await remove(died, other);
		expect(listedIds(died)).not.toContain(other);
		expect(listedIds(died)).toContain(needed);
	});
});

it("the removal of the newest undo snapshot does not make `undo` take back the restore before", async () => {
	const on = await withSnapshots(1);
	for (const text of ["two", "three"]) {
		put(on, "config.yaml", text);
		await restore(on, "1");
	}
	const [newest = ""] = listedIds(on);
	await remove(on, newest);
	await expect(undo(on)).rejects.toMatchObject({ code: "not-found" });
	expect(read(on, "config.yaml")).toBe("model: one\n");
});

it("a removal that dies anywhere has removed all of it or nothing", async () => {
	const first = await withSnapshots(2);
	const [newest, oldest] = listedIds(first);
	const counts = new Set<number>();
	const work = (on: Machine) => remove(on, oldest ?? "");
	await dyingEverywhere(first, work, async ({ on, at }) => {
		const left = listedIds(on);
		counts.add(left.length);
		expect([[newest], [newest, oldest]], at).toContainEqual(left);
		await create(on);
		const names = on.volume.readdirSync(STORE).map(String);
		const hidden = names.filter((name) => name.startsWith("."));
		expect(hidden, at).toEqual([".lock.db", ".sizes.json"]);
	});
	expect(counts).toEqual(new Set([1, 2]));
});
