import { describe, expect, it } from "vitest";
import { damageIn } from "../../../src/core/verify/verify.ts";
import { listedIds } from "../../support/commands.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	plainMachine,
	put,
	read,
	rot,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

const MINUTE = 60_000;

async function said(on: Machine, text: string) {
	on.clock.advance(MINUTE);
	return say(on, text, { prefix: "agent-snapshot" });
}

/** Two snapshots that share a file, which has rotted; the ids, newest first. */
async function rotten(on: Machine): Promise<[newest: string, first: string]> {
	await said(on, "create one");
	put(on, "config.yaml", "model: two\n");
	await said(on, "create two");
	const [newest = "", first = ""] = listedIds(on);
	rot(on, `${STORE}/${newest}/letters/ada.txt`);
	return [newest, first];
}

/** By which a person, or a timer, comes to know of it. */
const FOUND_BY: [what: string, find: (on: Machine) => Promise<unknown>][] = [
	["verify", (on) => said(on, "verify")],
	["verify of the older one", (on) => said(on, "verify 2")],
	["drill", (on) => said(on, "drill")],
	["schedule run", (on) => said(on, "schedule run --weekly-drill")],
	[
		"restore",
		(on) => {
			put(on, "letters/ada.txt", "Dear Ada, and so on");
			return said(on, "restore 1");
		},
	],
];

describe("damage that was found by", () => {
	it.each(
		FOUND_BY,
	)("%s is shared with no other snapshot", async (what, find) => {
		for (const create of ["create", "create --force", "schedule run"]) {
			const on = plainMachine();
			const [newest] = await rotten(on);
			await find(on);
			if (what === "restore") put(on, "letters/ada.txt", "Dear Ada");
			on.clock.advance(10 * MINUTE);
			const { ok, text } = await said(on, create);
			expect({ ok, text }).toMatchObject({ ok: true });
			expect(text).not.toContain("nothing has changed");
			const [made = ""] = listedIds(on);
			expect(made, create).not.toBe(newest);
			expect(await damageIn(agentOn(on), made), create).toBeUndefined();
			expect(await damageIn(agentOn(on), newest)).toBeDefined();
			// From then on nothing has to be read again.
			on.clock.advance(10 * MINUTE);
			const { text: again } = await said(on, create.replace(" --force", ""));
			expect(again.toLowerCase()).toContain("nothing has changed");
		}
	});

	it.each(FOUND_BY)("%s is told by status and list", async (what, find) => {
		const on = plainMachine();
		const [newest, first] = await rotten(on);
		const found = what === "verify of the older one" ? first : newest;
		await find(on);
		const list = await said(on, "list");
		expect(list.text).toMatch(/\[DAMAGED[,\]]/);
		expect(list.data.foundDamaged).toContain(found);
		expect((await said(on, "status")).data.unfit).toContainEqual(
			expect.objectContaining({
				id: found,
				by: /drill|schedule/.test(what) ? "drill" : "verify",
			}),
		);
		const note = JSON.parse(read(on, "state-snapshots/.verifications.json"));
		expect(note[found].damage).toContain("letters/ada.txt");
	});

	it("a drill is refuted by one that goes well", async () => {
		const on = plainMachine();
		const [newest] = await rotten(on);
		await said(on, "drill");
		rot(on, `${STORE}/${newest}/letters/ada.txt`);
		expect((await said(on, "drill")).ok).toBe(true);
		expect((await said(on, "list")).data.foundDamaged).toEqual([]);
	});

	it("verify and a restore comes with what to do", async () => {
		const on = plainMachine();
		await rotten(on);
		expect((await said(on, "verify")).text).toContain(
			"The next agent-snapshot create takes what is damaged anew.",
		);
		put(on, "letters/ada.txt", "Dear Ada, and so on");
		const { text } = await said(on, "restore 1");
		expect(text).toContain("takes what is damaged anew");
	});
});
