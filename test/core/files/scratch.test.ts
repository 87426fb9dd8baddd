import { describe, expect, it } from "vitest";
import {
	removeDeadScratch,
	withScratch,
} from "../../../src/core/files/scratch.ts";
import { create } from "../../support/commands.ts";
import { agentOn, plainMachine, STORE } from "../../support/plain-agent.ts";

describe("a scratch folder", () => {
	it("is private, lies in the store, and is gone in the end, well or not", async () => {
		const on = plainMachine();
		await create(on);
		const { disk } = on.system;
		const before = disk.names(STORE);
		const used = withScratch(agentOn(on), async (folder) => {
			expect(folder.startsWith(`${STORE}/.`)).toBe(true);
			expect(disk.stat(folder)?.mode).toBe(0o700);
			on.volume.writeFileSync(`${folder}/copy.db`, "x");
			throw new Error("no more");
		});
		await expect(used).rejects.toThrow("no more");
		expect(disk.names(STORE)).toEqual(before);
	});

	it("of one who is at work stays, and that of a dead one goes", async () => {
		const on = plainMachine();
		await create(on);
		const { disk } = on.system;
		const dead = `${STORE}/.scratch-1-1`;
		on.volume.mkdirSync(dead);
		on.volume.writeFileSync(`${dead}/copy.db`, "x");
		await withScratch(agentOn(on), async (folder) => {
			expect(disk.stat(dead)).toBeUndefined();
			removeDeadScratch(agentOn(on));
			expect(disk.stat(folder)?.kind).toBe("directory");
			await withScratch(agentOn(on), async (other) => {
				expect(other).not.toBe(folder);
			});
			expect(disk.stat(folder)?.kind).toBe("directory");
		});
	});

	it.each([
		["empty", ""],
		["torn", '["/tmp/x.par'],
		["something else", "{}"],
	])("whose note a power cut left %s is removed all the same", async (_, note) => {
		const on = plainMachine();
		await create(on);
		const dead = `${STORE}/.scratch-1-1`;
		on.volume.mkdirSync(dead);
		on.volume.writeFileSync(`${dead}/outside.json`, note);
		await withScratch(agentOn(on), async () => {});
		expect(on.system.disk.stat(dead)).toBeUndefined();
	});
});
