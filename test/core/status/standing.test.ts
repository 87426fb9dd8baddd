import { describe, expect, it } from "vitest";
import { drillSnapshot } from "../../../src/core/drill/drill.ts";
import { standingOf } from "../../../src/core/status/standing.ts";
import { verifySnapshots } from "../../../src/core/verify/verify-snapshots.ts";
import { create, listedIds } from "../../support/commands.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	rot,
	STORE,
} from "../../support/plain-agent.ts";

const NOTES = `${STORE}/.verifications.json`;

/** Two snapshots; the ids, newest first. */
async function two(): Promise<{ on: Machine; newest: string; older: string }> {
	const on = plainMachine();
	await create(on);
	put(on, "config.yaml", "model: two\n");
	putDatabase(on, "state.db", "eleven messages");
	await create(on);
	const [newest = "", older = ""] = listedIds(on);
	return { on, newest, older };
}

const verify = (on: Machine, full = false) =>
	verifySnapshots(agentOn(on), { ref: undefined, full });
const drill = (on: Machine, ref: string) =>
	drillSnapshot(agentOn(on), {
		ref,
		start: undefined,
		places: { home: HOME, roots: {} },
	});

function standing(on: Machine) {
	const { newestGood, lastTried, unfit } = standingOf(agentOn(on));
	return { good: newestGood?.id, by: lastTried?.by, unfit };
}

describe("the newest good snapshot", () => {
	it("is never verified, until it is verified or drilled", async () => {
		const { on, newest } = await two();
		expect(standing(on)).toMatchObject({ good: newest, by: undefined });
		await verify(on);
		expect(standing(on)).toMatchObject({ good: newest, by: "verify" });
		on.clock.advance(60_000);
		await drill(on, newest);
		expect(standing(on)).toMatchObject({ good: newest, by: "drill" });
	});

	it.each([
		["verification", verify],
		["drill", drill],
	])("is none whose last %s failed, marked or not", async (_, look) => {
		const { on, newest, older } = await two();
		rot(on, `${STORE}/${newest}/config.yaml`);
		expect(standing(on).good).toBe(newest); // nobody has read it
		await look(on, newest as never);
		expect(standing(on)).toMatchObject({
			good: older,
			unfit: [{ id: newest, why: expect.stringContaining("config.yaml") }],
		});
		put(on, `state-snapshots/${newest}/config.yaml`, "model: two\n", 0o400);
		await look(on, newest as never);
		expect(standing(on).unfit).toEqual([]);
	});

	it("is not one with a configuration that never parsed, if there is another", async () => {
		const { on, newest } = await two();
		put(on, "config.yaml", "model: [one");
		await create(on);
		await verify(on, true);
		expect(standing(on).good).toBe(newest);
		// What a look at the hashes alone does not see, it has not refuted.
		await verify(on);
		expect(standing(on).good).toBe(newest);
	});

	it("is none that only a search found damaged, until a search finds it sound", async () => {
		const { on, newest, older } = await two();
		const { sqlite } = on.system;
		const sound = sqlite.examine;
		const damage = { kind: "damage", what: "row 7 is lost" } as const;
		sqlite.examine = async (path, ...rest) =>
			path.includes(newest)
				? { isFinished: true, found: [damage] }
				: sound(path, ...rest);
		await verify(on, true);
		await verify(on);
		expect(standing(on).good).toBe(older);
		sqlite.examine = sound;
		await verify(on, true);
		expect(standing(on).good).toBe(newest);
	});

	it("is still the one that a drill found no room for", async () => {
		const { on, newest } = await two();
		on.freeBytes = 128 * 1024 * 1024;
		expect((await drill(on, newest)).drill.ok).toBe(false);
		expect(standing(on)).toMatchObject({ good: newest, unfit: [] });
	});

	it("is told beside a newer one that lacks something", async () => {
		const { on, newest } = await two();
		on.volume.unlinkSync(`${HOME}/state.db`);
		on.volume.mkdirSync(`${HOME}/state.db`);
		await create(on);
		const [lacking] = listedIds(on);
		expect(standing(on)).toMatchObject({
			good: newest,
			unfit: [{ id: lacking, by: "create" }],
		});
	});

	it.each([
		"[",
		"[]",
		"null",
		'{"x":1}',
		'{"x":{"at":"soon"}}',
		"\0",
	])("is what it was beside notes that say %j", async (text) => {
		const { on, newest } = await two();
		on.volume.writeFileSync(NOTES, text);
		expect(standing(on).good).toBe(newest);
		await verify(on);
		expect(standing(on).by).toBe("verify");
	});

	it("is noted beside no other command, and a failure is not kept silent", async () => {
		const { on, newest } = await two();
		rot(on, `${STORE}/${newest}/config.yaml`);
		on.elsewhere.locked.add(`${STORE}/.lock.db`);
		expect((await verify(on)).isNoted).toBe(false);
		expect(on.volume.existsSync(NOTES)).toBe(false);
	});
});
