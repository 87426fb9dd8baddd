import { expect, it } from "vitest";
import { create } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import { plainMachine } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

const UNSEARCHED = "Not searched for damage to the end: state.db.";

/** Of a database that no create has searched to the end, because there was no time. */
it.each<[verb: string, isFinished: boolean, says: RegExp, isLeft: boolean]>([
	["verify", true, /^Verified just now \(.*\): sound\.$/m, true],
	["verify --full", true, /^Verified .*, databases and all: sound\.$/m, false],
	["verify --full", false, /^Verified .*: sound\.$/m, true],
	["drill 1", true, /^Drilled .*: it worked\.$/m, false],
	["drill 1", false, /^Drilled .*: it worked\.$/m, true],
])("show goes by what `%s` has found (to its end: %s)", async (verb, isFinished, says, isLeft) => {
	const on = hasty(plainMachine(), isFinished);
	await create(on);
	expect((await say(on, "show 1")).text).toContain(UNSEARCHED);
	await say(on, verb);
	const { text } = await say(on, "show 1");
	expect(text).toMatch(says);
	expect(text.includes(UNSEARCHED)).toBe(isLeft);
});

const NOBODY = /^Nobody is known to have searched all of it for damage\.$/m;

/** As above, of the database itself. */
it.each<[verb: string, isFinished: boolean, says: RegExp]>([
	["verify", true, NOBODY],
	[
		"verify --full",
		true,
		/^All of it was searched for damage by verify --full, just now \(.*\)\.$/m,
	],
	["verify --full", false, NOBODY],
	[
		"drill 1",
		true,
		/^All of it was searched for damage by a drill, just now \(.*\)\.$/m,
	],
	["drill 1", false, NOBODY],
])("show of a database goes by what `%s` has found (to its end: %s)", async (verb, isFinished, says) => {
	const on = hasty(plainMachine(), isFinished);
	await create(on);
	expect((await say(on, "show 1 state.db")).text).toMatch(NOBODY);
	await say(on, verb);
	expect((await say(on, "show 1 state.db")).text).toMatch(says);
});

it("show of a database says what was found against it, whatever the create had searched", async () => {
	const on = plainMachine();
	await create(on);
	const examine = async () => ({
		isFinished: true,
		found: [{ kind: "damage", what: "row 7 missing" } as const],
	});
	await say(withSqlite(on, { examine }), "verify --full");
	expect((await say(on, "show 1 state.db")).text).toMatch(
		/^NOT sound, found just now \(.*\): state\.db says: row 7 missing\.$/m,
	);
});

it("show says that a verification has failed, before anybody has written that down", async () => {
	const on = plainMachine();
	await create(on);
	const examine = async () => ({
		isFinished: true,
		found: [{ kind: "damage", what: "row 7 missing" } as const],
	});
	await say(withSqlite(on, { examine }), "verify --full");
	const { text, data } = await say(on, "show 1");
	expect(text).toMatch(
		/^VERIFICATION FAILED just now .*: state\.db says: row 7 missing\.$/m,
	);
	expect(data.verified).toMatchObject({ fault: expect.any(String) });
});

function hasty(on: Machine, isFinished: boolean): Machine {
	return withSqlite(on, {
		check: async () => ({ verdict: "unfinished" }),
		examine: async () => ({ isFinished, found: [] }),
	});
}

function withSqlite(
	on: Machine,
	changed: Partial<Machine["system"]["sqlite"]>,
): Machine {
	const sqlite = { ...on.system.sqlite, ...changed };
	return { ...on, system: { ...on.system, sqlite } };
}
