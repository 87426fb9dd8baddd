import { describe, expect, it } from "vitest";
import {
	cancelNextStart,
	postponeRestore,
} from "../../../src/core/restore/at-next-start.ts";
import { prune } from "../../../src/core/retention/prune.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { create, recover, restore, undo } from "../../support/commands.ts";
import { dyingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const HOLDER = [{ pid: 7, command: "plain", isGone: false }];
const all = { dryRun: false, include: [], select: [], undo: true };

function postpone(on: Machine, ref: string) {
	return postponeRestore(agentOn(on), { target: { ref }, ...all });
}

/** One snapshot, a migration since, and the agent at work on the new schema. */
async function migrated(): Promise<Machine> {
	const on = plainMachine();
	await create(on, "before the update");
	putDatabase(on, "state.db", "version 2, eleven messages", "wal");
	put(on, "config.yaml", "model: two");
	on.holders = new Map([[`${HOME}/state.db`, HOLDER]]);
	return on;
}

function stopAgent(on: Machine): void {
	on.holders = new Map();
}

function isWaiting(on: Machine): boolean {
	return on.volume.existsSync(storeAt.nextStart);
}

describe("a snapshot made before a migration", () => {
	it.each([
		false,
		true,
	])("is not put under the agent at work (dry run: %s), and a way is offered", async (dryRun) => {
		const on = await migrated();
		const before = homeState(on);
		await expect(restore(on, "1", { dryRun })).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringMatching(
				/its user_version is 0 and not 2\), and plain \(process 7\) has it open\. Nothing was changed/,
			),
			hint: expect.stringMatching(
				/`restore \d{8}-\d{6}-before-the-update --at-next-start`/,
			),
		});
		expect(homeState(on)).toEqual(before);
	});

	it("is restored when the agent has been stopped", async () => {
		const on = await migrated();
		stopAgent(on);
		await restore(on, "1");
		expect(homeState(on)["state.db"]).toContain("ten messages");
	});
});

describe("a restore at the next start", () => {
	it("changes nothing before, and all of it then; undo takes it back", async () => {
		const on = await migrated();
		const before = homeState(on);
		await postpone(on, "1");
		expect(homeState(on)).toEqual(before);
		stopAgent(on);
		const { outcome } = await recover(on);
		expect(outcome?.snapshot.label).toBe("before the update");
		expect(read(on, "config.yaml")).toBe("model: one\n");
		expect(isWaiting(on)).toBe(false);
		await undo(on);
		expect(homeState(on)).toEqual(before);
	});

	it("puts into its undo what the agent has written until it was stopped", async () => {
		const on = await migrated();
		await postpone(on, "1");
		put(on, "config.yaml", "written before the stop");
		stopAgent(on);
		await recover(on);
		await undo(on);
		expect(read(on, "config.yaml")).toBe("written before the stop");
	});

	it("waits on when the agent still runs, saying so", async () => {
		const on = await migrated();
		await postpone(on, "1");
		await expect(recover(on)).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringContaining("waits for the next start of Plain"),
			hint: expect.stringContaining("`recover --cancel` forgets it"),
		});
		expect(isWaiting(on)).toBe(true);
	});

	it("restores the parts that were asked for", async () => {
		const on = await migrated();
		await postponeRestore(agentOn(on), {
			target: { ref: "1" },
			...all,
			select: ["config.yaml"],
		});
		stopAgent(on);
		await recover(on);
		expect(read(on, "config.yaml")).toBe("model: one\n");
		expect(homeState(on)["state.db"]).toContain("eleven messages");
	});

	it("can be an undo", async () => {
		const on = await migrated();
		stopAgent(on);
		const before = homeState(on);
		await restore(on, "1");
		await postponeRestore(agentOn(on), { target: "undo", ...all });
		await recover(on);
		expect(homeState(on)).toEqual(before);
	});

	it("is forgotten when it is cancelled", async () => {
		const on = await migrated();
		const { snapshot } = await postpone(on, "1");
		expect(await cancelNextStart(agentOn(on))).toBe(snapshot.id);
		stopAgent(on);
		expect((await recover(on)).outcome).toBeUndefined();
		expect(await cancelNextStart(agentOn(on))).toBeUndefined();
	});

	it("gives way to a restore that is done before, which says so", async () => {
		const on = await migrated();
		const { snapshot } = await postpone(on, "1");
		stopAgent(on);
		const { forgotten } = await restore(on, "1", { select: ["config.yaml"] });
		expect(forgotten).toBe(snapshot.id);
		expect(isWaiting(on)).toBe(false);
	});

	it("takes the place of the one that waited before", async () => {
		const on = await migrated();
		const first = await postpone(on, "1");
		await create(on, "another");
		const second = await postpone(on, "1");
		expect(second.replaced).toBe(first.snapshot.id);
		stopAgent(on);
		expect((await recover(on)).outcome?.snapshot.label).toBe("another");
	});

	it("keeps its snapshot from being pruned", async () => {
		const on = await migrated();
		const { snapshot } = await postpone(on, "1");
		for (let made = 0; made < 3; made++) await create(on);
		await prune(agentOn(on), { keep: 1, dryRun: false });
		const { snapshots } = listSnapshots(on.system.disk, storeAt);
		expect(snapshots.map(({ id }) => id)).toContain(snapshot.id);
	});

	it("is refused at once for a snapshot that is damaged", async () => {
		const on = await migrated();
		const { snapshots } = listSnapshots(on.system.disk, storeAt);
		const folder = `${storeAt.directory}/${snapshots[0]?.id}`;
		on.volume.writeFileSync(`${folder}/config.yaml`, "model: 0ne\n");
		await expect(postpone(on, "1")).rejects.toMatchObject({ code: "damaged" });
		expect(isWaiting(on)).toBe(false);
	});

	it.each<[string, string]>([
		["cut short", '{"formatVersion":1,"snap'],
		["of a later version", '{"formatVersion":2}'],
		["no object", "[1]"],
		["empty", ""],
	])("can be forgotten when its file is %s, and stops nothing else", async (_, text) => {
		const on = await migrated();
		on.volume.writeFileSync(storeAt.nextStart, text);
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			hint: expect.stringContaining("recover --cancel"),
		});
		await create(on, "all the same");
		await cancelNextStart(agentOn(on));
		expect(isWaiting(on)).toBe(false);
	});

	it("is done once, however often the machine dies in it", async () => {
		const on = await migrated();
		await postpone(on, "1");
		stopAgent(on);
		const old = homeState(on);
		const seen = new Set<string>();
		await dyingEverywhere(on, recover, async ({ on: again, at }) => {
			const { outcome } = await recover(again);
			expect(read(again, "config.yaml"), at).toBe("model: one\n");
			expect(isWaiting(again), at).toBe(false);
			// What the agent writes from now on is not taken from it by a second restore.
			put(again, "config.yaml", "model: three");
			await recover(again);
			expect(read(again, "config.yaml"), at).toBe("model: three");
			seen.add(outcome === undefined ? "finished" : "done");
		});
		expect([...seen].toSorted()).toEqual(["done", "finished"]);
		expect(homeState(on)).toEqual(old);
	});
});
