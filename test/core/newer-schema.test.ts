import { describe, expect, it } from "vitest";
import { create, restore, undo } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import { HOME, plainMachine, putDatabase } from "../support/plain-agent.ts";

/** A snapshot of version `then`, and now another one, of an agent that opens no newer database than its own. */
async function between(
	then: string,
	now: string,
	database = "strict.db",
): Promise<Machine> {
	const on = plainMachine();
	putDatabase(on, database, `${then}, ten messages`);
	await create(on, "before");
	putDatabase(on, database, `${now}, eleven messages`);
	return on;
}

const HOLDER = [{ pid: 7, command: "plain", isGone: false }];

describe("a database of a newer user_version than the agent's", () => {
	it.each([
		["nobody has open", false, false],
		["nobody has open, in a dry run", false, true],
		["the agent has open", true, false],
	])("is not put back where %s", async (_, isHeld, dryRun) => {
		const on = await between("version 19", "version 18");
		if (isHeld) on.holders = new Map([[`${HOME}/strict.db`, HOLDER]]);
		const before = homeState(on);
		await expect(restore(on, "1", { dryRun })).rejects.toMatchObject({
			code: "failed",
			message: expect.stringMatching(
				/^strict\.db in this snapshot was written by a newer Plain \(its user_version is 19, and 18 here\), .* Nothing was changed\.$/,
			),
			hint: expect.stringMatching(/^Update Plain, start it once, and repeat/),
		});
		expect(homeState(on)).toEqual(before);
	});

	it("does not keep other parts from being put back", async () => {
		const on = await between("version 19", "version 18");
		const before = homeState(on)["strict.db"];
		putDatabase(on, "state.db", "eleven messages");
		await restore(on, "1", { select: ["state.db"] });
		expect(homeState(on)["state.db"]).toContain("ten messages");
		expect(homeState(on)["strict.db"]).toEqual(before);
	});

	it("is put back by an undo: that is what was there a moment ago", async () => {
		const on = await between("version 18", "version 19");
		await restore(on, "1");
		await undo(on);
		expect(homeState(on)["strict.db"]).toContain("version 19");
	});

	it.each([
		["of another agent, which does not mind", "version 18", "state.db"],
		["nobody has set up yet", "version 0", "strict.db"],
	])("is put back over one %s", async (_, now, database) => {
		const on = await between("version 19", now, database);
		await restore(on, "1");
		expect(homeState(on)[database]).toContain("version 19");
	});
});

it("an older one is put back: the agent brings it up to date", async () => {
	const on = await between("version 17", "version 18");
	await restore(on, "1");
	expect(homeState(on)["strict.db"]).toContain("version 17");
});

it("one is put back where there is none, or only a ruined one", async () => {
	const on = await between("version 19", "MALFORMED");
	await restore(on, "1");
	expect(homeState(on)["strict.db"]).toContain("version 19");
});
