import { describe, expect, it } from "vitest";
import { settle } from "../../../src/core/recover/settle.ts";
import { create, recover, restore } from "../../support/commands.ts";
import { diedHalfWay } from "../../support/crash-scenes.ts";
import { dyingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	read,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const LATE = "written after the crash";

/** A directory stands where a file was: restoring the file died behind its first change. */
async function interrupted(path: string, inner: string): Promise<Machine> {
	const on = plainMachine();
	put(on, path, "a file");
	await create(on);
	on.volume.unlinkSync(`${HOME}/${path}`);
	put(on, `${path}/${inner}`, "x");
	return diedHalfWay(on, (dying) => restore(dying, "1"), 2);
}

/** What the quarantine holds at this path below the home. */
function setAside({ volume }: Machine, path: string): string[] {
	if (!volume.existsSync(storeAt.quarantine)) return [];
	return volume
		.readdirSync(storeAt.quarantine)
		.map((folder) => `${storeAt.quarantine}/${String(folder)}/${path}`)
		.filter((file) => volume.existsSync(file))
		.map((file) => String(volume.readFileSync(file)));
}

describe.each([
	["a file", "config.yaml", "inner.txt", "late.txt"],
	["a file further down", "config.yaml", "sub/inner.txt", "sub/late.txt"],
	[
		"a file that is never captured",
		"boards/one",
		"board.json",
		"workspaces/w.txt",
	],
])("a directory that has to give way, and gets %s after the crash,", (_, path, inner, late) => {
	async function filled(): Promise<Machine> {
		const on = await interrupted(path, inner);
		put(on, `${path}/${late}`, LATE);
		return on;
	}

	it("is named as written to, and left", async () => {
		const on = await filled();
		await expect(recover(on)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining(`have changed: ${path}`),
		});
		expect(read(on, `${path}/${late}`)).toBe(LATE);
	});

	it("keeps no snapshot from being made", async () => {
		expect(await create(await filled())).toMatchObject({
			created: true,
			recoveryBlocked: true,
		});
	});

	it("goes to the quarantine when the restore is gone on with", async () => {
		const on = await filled();
		await settle(agentOn(on), "finish");
		expect(read(on, path)).toBe("a file");
		expect(setAside(on, `${path}/${late}`)).toEqual([LATE]);
		expect(on.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it("stays when the way is back", async () => {
		const on = await filled();
		await settle(agentOn(on), "back");
		expect(read(on, `${path}/${inner}`)).toBe("x");
		expect(read(on, `${path}/${late}`)).toBe(LATE);
	});

	it("is lost at no moment of the way on", async () => {
		const finish = (on: Machine) => settle(agentOn(on), "finish");
		await dyingEverywhere(await filled(), finish, async ({ on, at }) => {
			await create(on);
			if (on.volume.existsSync(storeAt.journal)) await finish(on);
			expect(read(on, path), at).toBe("a file");
			expect(setAside(on, `${path}/${late}`), at).toEqual([LATE]);
		});
	});
});

describe("a directory that somebody makes where a file has to be", () => {
	it("after a crash, goes to the quarantine on the way back", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		const before = homeState(on);
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 1);
		died.volume.unlinkSync(`${HOME}/config.yaml`);
		put(died, "config.yaml/late.txt", LATE);
		await expect(recover(died)).rejects.toThrow("have changed: config.yaml");
		await settle(agentOn(died), "back");
		expect(homeState(died)).toEqual(before);
		expect(setAside(died, "config.yaml/late.txt")).toEqual([LATE]);
	});

	it.each([
		["made in the place of a file", /^rename .*\/000000$/, "config.yaml"],
		["filled as it gives way", /^rmdir .*config\.yaml$/, "config.yaml/x"],
	])("during a restore, stops it in a sentence: %s", async (_, call, changed) => {
		const on = plainMachine();
		await create(on);
		on.volume.unlinkSync(`${HOME}/config.yaml`);
		put(on, changed, "changed");
		on.before = (change) => {
			if (!call.test(change)) return;
			on.before = () => {};
			if (changed === "config.yaml") on.volume.unlinkSync(`${HOME}/${changed}`);
			put(on, "config.yaml/late.txt", LATE);
		};
		await expect(restore(on, "1")).rejects.toThrow(
			"half-way: config.yaml was written to by another process",
		);
		expect(read(on, "config.yaml/late.txt")).toBe(LATE);
		await expect(recover(on)).rejects.toThrow("have changed: config.yaml");
	});
});
