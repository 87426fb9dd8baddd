import { beforeEach, describe, expect, it } from "vitest";
import { create, restore, undo } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const OUTSIDE = "/big/coder";
let on: Machine;

/** A profile that was a directory when it was captured, and is a link to another disk now. */
beforeEach(async () => {
	on = plainMachine();
	putDatabase(on, "profiles/coder/state.db", "ten messages");
	put(on, "profiles/coder/config.yaml", "model: one\n");
	await create(on);
	on.volume.mkdirSync("/big");
	on.volume.renameSync(`${HOME}/profiles/coder`, OUTSIDE);
	on.volume.symlinkSync(OUTSIDE, `${HOME}/profiles/coder`);
	putDatabase(on, "profiles/coder/state.db", "eleven messages");
});

const outside = () => String(on.volume.readFileSync(`${OUTSIDE}/state.db`));

describe("a directory that has become a link", () => {
	it("is one again after a restore, and what it led to stays as it is", async () => {
		const { steps } = (await restore(on, "1", { dryRun: true })).plan;
		expect(steps.map(({ path }) => path)).toContain("profiles/coder/state.db");
		await restore(on, "1");
		expect(on.volume.lstatSync(`${HOME}/profiles/coder`).isSymbolicLink()).toBe(
			false,
		);
		expect(read(on, "profiles/coder/state.db")).toContain("ten messages");
		expect(outside()).toContain("eleven messages");
		await undo(on);
		expect(on.volume.readlinkSync(`${HOME}/profiles/coder`)).toBe(OUTSIDE);
		expect(outside()).toContain("eleven messages");
	});

	it("gives way whatever may not be changed behind it", async () => {
		const { disk } = on.system;
		const isInside = (path: string) =>
			path.startsWith(`${HOME}/profiles/coder/`);
		disk.isFixed = isInside;
		disk.mayChangeIn = (path) => !isInside(path);
		await restore(on, "1");
		expect(read(on, "profiles/coder/state.db")).toContain("ten messages");
	});

	it("is a reason to capture the present anew where it became one meanwhile", async () => {
		on.volume.unlinkSync(`${HOME}/profiles/coder`);
		on.volume.renameSync(OUTSIDE, `${HOME}/profiles/coder`);
		const before = on.before;
		on.before = (call) => {
			if (!call.includes(`${storeAt.restoring}/new/0`)) return;
			on.before = before;
			on.volume.renameSync(`${HOME}/profiles/coder`, OUTSIDE);
			on.volume.symlinkSync(OUTSIDE, `${HOME}/profiles/coder`);
		};
		await restore(on, "1");
		expect(outside()).toContain("eleven messages");
		expect(read(on, "profiles/coder/state.db")).toContain("ten messages");
	});
});
