import { describe, expect, it } from "vitest";
import { postponeRestore } from "../../src/core/restore/at-next-start.ts";
import { FailedAfter } from "../../src/errors.ts";
import { restore, undo } from "../support/commands.ts";
import {
	changed,
	changedInEveryWay,
	diedHalfWay,
} from "../support/crash-scenes.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import { agentOn, put } from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const all = { dryRun: false, include: [], select: [], undo: true };

function interrupted(on: Machine): Promise<Machine> {
	return diedHalfWay(on, (dying) => restore(dying, "1"));
}

describe("behind an interrupted restore", () => {
	it("undo takes back that one, which is the first", async () => {
		const on = await changed(changedInEveryWay);
		const before = homeState(on);
		const died = await interrupted(on);
		await undo(died);
		expect(homeState(died)).toEqual(before);
	});

	it("undo takes back that one, though one before it had no undo snapshot", async () => {
		const on = await changed(changedInEveryWay);
		await restore(on, "1", { undo: false });
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		const before = homeState(on);
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 2);
		await undo(died);
		expect(homeState(died)).toEqual(before);
	});

	it.each([
		["restore", (on: Machine) => restore(on, "9")],
		[
			"restore --at-next-start",
			(on: Machine) =>
				postponeRestore(agentOn(on), { target: { ref: "9" }, ...all }),
		],
	])("%s of a snapshot that there is not finishes it first, and says so", async (_, work) => {
		const died = await interrupted(await changed(changedInEveryWay));
		const error = await work(died).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(FailedAfter);
		expect(error).toMatchObject({
			done: expect.stringContaining("Finished the interrupted restore"),
			cause: { code: "not-found" },
		});
		expect(died.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it("a dry run is refused, whatever it was to look at", async () => {
		const died = await interrupted(await changed(changedInEveryWay));
		await expect(restore(died, "9", { dryRun: true })).rejects.toMatchObject({
			code: "recovery-blocked",
		});
	});
});
