import { describe, expect, it } from "vitest";
import { explain } from "../../../src/commands/call/explain.ts";
import { prune } from "../../../src/core/retention/prune.ts";
import { create, listedIds, recover, restore } from "../../support/commands.ts";
import { changed, changedInEveryWay } from "../../support/crash-scenes.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

function full(): Error {
	return Object.assign(new Error("no space left"), { code: "ENOSPC" });
}

/** Everything is put back but for one thing, for which the disk has no room. */
function fullAt(on: Machine, call: string): void {
	on.before = (made) => {
		if (made.startsWith(call)) throw full();
	};
}

const sentence = (work: Promise<unknown>) =>
	work.then(
		() => "done",
		(error: unknown) => explain(error).text,
	);

/** The last of two databases is not written when the disk fills up. Beside it a younger snapshot, and what was said. */
async function stopped(): Promise<{ on: Machine; said: string }> {
	const on = plainMachine();
	const write = (rows: string) => {
		putDatabase(on, "boards/a.db", rows);
		putDatabase(on, "boards/b.db", rows);
		put(on, "config.yaml", rows);
	};
	write("old");
	await create(on);
	write("new");
	await create(on);
	fullAt(on, `commit ${HOME}/boards/b.db`);
	return { on, said: await sentence(restore(on, "2")) };
}

describe("a restore that stopped on a full disk", () => {
	it("says what is as in the snapshot by now, and what is not", async () => {
		const { said } = await stopped();
		expect(said).toBe(
			"The restore was stopped half-way: the disk is full. As in the snapshot by now: boards/a.db. Still to be done: boards/b.db, config.yaml.\nFree some space (agent-snapshot prune works meanwhile) and run agent-snapshot recover, which finishes it. Or go back to what was there: agent-snapshot recover --back. Do not start the agent before.",
		);
	});

	it("is not said to have changed nothing when it cannot even be judged", async () => {
		const { on } = await stopped();
		on.system.sqlite.pin = () => Promise.reject(full());
		const said = await sentence(recover(on));
		expect(said).toContain(
			"It is still half-way, and nothing was changed now.",
		);
	});

	it("lets old snapshots be pruned, keeps what it needs, and is finished then", async () => {
		const { on } = await stopped();
		const [, wanted = ""] = listedIds(on);
		const { waiting, removed } = await prune(agentOn(on), {
			keep: 1,
			dryRun: false,
		});
		expect({ waiting, removed }).toEqual({ waiting: wanted, removed: [] });
		on.before = () => {};
		expect((await recover(on)).snapshot).toBe(wanted);
	});

	it("keeps what a blocked recovery needs, and nothing else that is beyond the number", async () => {
		const { on } = await stopped();
		on.before = () => {};
		put(on, "config.yaml", "written after the crash");
		const [, wanted = ""] = listedIds(on);
		for (let more = 0; more < 3; more++) await create(on);
		const undo = listedIds(on).find((id) => id.includes("before-restore"));
		const { waiting, removed } = await prune(agentOn(on), {
			keep: 1,
			dryRun: false,
		});
		expect(waiting).toBe(wanted);
		expect(removed).toHaveLength(3);
		expect(listedIds(on)).toContain(wanted);
		expect(listedIds(on)).toContain(undo);
	});

	it("is not pruned beside when its journal cannot be read", async () => {
		const on = await changed(changedInEveryWay);
		on.volume.mkdirSync(storeAt.restoring);
		on.volume.writeFileSync(storeAt.journal, "{");
		const before = homeState(on);
		await expect(
			prune(agentOn(on), { keep: 1, dryRun: false }),
		).rejects.toMatchObject({ code: "recovery-blocked" });
		expect(homeState(on)).toEqual(before);
	});
});
