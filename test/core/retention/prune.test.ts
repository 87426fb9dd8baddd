import { describe, expect, it } from "vitest";
import { settle } from "../../../src/core/recover/settle.ts";
import { prune } from "../../../src/core/retention/prune.ts";
import { create, listedIds, restore } from "../../support/commands.ts";
import { diedHalfWay } from "../../support/crash-scenes.ts";
import { dyingEverywhere } from "../../support/dying.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt, theirs } from "../../support/store-folders.ts";

async function withSnapshots(count: number): Promise<Machine> {
	const on = plainMachine();
	for (let made = 0; made < count; made++) await create(on);
	return on;
}

describe("pruning", () => {
	it("removes the oldest, and says why for every one", async () => {
		const on = await withSnapshots(4);
		const before = listedIds(on);
		const { removed, verdicts } = await prune(agentOn(on), {
			keep: 2,
			dryRun: false,
		});
		expect(removed.map(({ id }) => id)).toEqual(before.slice(2));
		expect(listedIds(on)).toEqual(before.slice(0, 2));
		expect(verdicts.map(({ why }) => why)).toEqual([
			"last 1",
			"last 2",
			"beyond last 2",
			"beyond last 2",
		]);
	});

	it("keeps the newest sound one, however few are wanted", async () => {
		const on = await withSnapshots(3);
		const [damaged = "", sound = "", old = ""] = listedIds(on);
		on.volume.unlinkSync(`${STORE}/${damaged}/state.db`);
		const { removed } = await prune(agentOn(on), { keep: 1, dryRun: false });
		expect(listedIds(on)).toContain(sound);
		expect(removed.map(({ id }) => id)).toContain(old);
	});

	it("leaves no trace of what went", async () => {
		const on = await withSnapshots(3);
		await prune(agentOn(on), { keep: 1, dryRun: false });
		expect(on.volume.readdirSync(STORE)).toEqual([
			".lock.db",
			".sizes.json",
			...listedIds(on),
		]);
	});

	it("says what would go in a dry run, and touches nothing", async () => {
		const on = await withSnapshots(3);
		const calls: string[] = [];
		on.before = (call) => calls.push(call);
		const { removed } = await prune(agentOn(on), { keep: 1, dryRun: true });
		expect(removed).toHaveLength(2);
		expect(calls).toEqual([]);
	});

	it("goes by the user's own numbers unless it is given one", async () => {
		const on = await withSnapshots(4);
		put(on, "state-snapshots/config.json", '{"keep": {"manual": 3}}');
		await prune(agentOn(on), { dryRun: false });
		expect(listedIds(on)).toHaveLength(3);
		await prune(agentOn(on), { keep: 2, dryRun: false });
		expect(listedIds(on)).toHaveLength(2);
	});

	it("goes by rules of the calendar, in the settings or for once", async () => {
		const on = plainMachine();
		for (let day = 0; day < 5; day++) {
			await create(on);
			await create(on);
			on.clock.advance(24 * 3_600_000);
		}
		const all = listedIds(on);
		const settings = '{"keep": {"manual": {"keepDaily": 4}}}';
		put(on, "state-snapshots/config.json", settings);
		await prune(agentOn(on), { dryRun: false });
		const newestOfDays = [0, 2, 4, 6].map((index) => all[index]);
		expect(listedIds(on)).toEqual(newestOfDays);
		await prune(agentOn(on), { keep: { keepWithin: "25h" }, dryRun: false });
		expect(listedIds(on)).toEqual(newestOfDays.slice(0, 2));
	});

	it("removes Hermes' own by the same rules", async () => {
		const on = await withSnapshots(2);
		const [id, manifest] = theirs("20200101-000000-old");
		put(on, `state-snapshots/${id}/manifest.json`, manifest);
		await prune(agentOn(on), { keep: 2, dryRun: false });
		expect(listedIds(on)).not.toContain(id);
	});

	it("makes no store in a home that has none", async () => {
		const on = plainMachine();
		const { verdicts } = await prune(agentOn(on), { dryRun: false });
		expect(verdicts).toEqual([]);
		expect(on.volume.existsSync(STORE)).toBe(false);
	});

	it("removes directories that do not let it, and follows no link in them", async () => {
		const on = await withSnapshots(2);
		const [, old = ""] = listedIds(on);
		on.volume.symlinkSync(HOME, `${STORE}/${old}/letters/home`);
		on.volume.chmodSync(`${STORE}/${old}/letters`, 0o500);
		await prune(agentOn(on), { keep: 1, dryRun: false });
		expect(on.volume.existsSync(`${STORE}/${old}`)).toBe(false);
		expect(on.volume.existsSync(`${HOME}/config.yaml`)).toBe(true);
	});

	it("offers to remove nothing that a recovery needs, wherever a way out of it has died", async () => {
		const on = await withSnapshots(1);
		const [needed] = listedIds(on);
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 2);
		put(died, "config.yaml", "written after the crash");
		const suspended: string[] = [];
		const finish = (dying: Machine) => settle(agentOn(dying), "finish");
		await dyingEverywhere(died, finish, async ({ on: again, at }) => {
			const waits = [storeAt.journal, storeAt.suspended].some((path) =>
				again.volume.existsSync(path),
			);
			if (again.volume.existsSync(storeAt.suspended)) suspended.push(at);
			const { removed } = await prune(agentOn(again), {
				keep: 1,
				dryRun: true,
			});
			if (waits)
				expect(
					removed.map(({ id }) => id),
					at,
				).not.toContain(needed);
		});
		expect(suspended).not.toEqual([]);
	});
});
