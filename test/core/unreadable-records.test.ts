import { describe, expect, it } from "vitest";
import { recover } from "../../src/core/restore/at-next-start.ts";
import { create } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import { agentOn, plainMachine } from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

/** A file of that size without its bytes. */
function sized(on: Machine, path: string, size: number): Machine {
	on.volume.writeFileSync(path, "{}");
	const { disk } = on.system;
	const stat = (asked: string) => {
		const found = disk.stat(asked);
		return found && asked === path ? { ...found, size } : found;
	};
	return { ...on, system: { ...on.system, disk: { ...disk, stat } } };
}

async function withStore(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	return on;
}

it("refuses settings of 100 MB in a sentence", async () => {
	const on = sized(await withStore(), storeAt.settings, 100_000_000);
	await expect(create(on)).rejects.toMatchObject({
		code: "bad-config",
		message: expect.stringMatching(/config\.json is larger than 1048576 bytes/),
	});
});

it("refuses settings that are nested deeper than the stack", async () => {
	const on = await withStore();
	on.volume.writeFileSync(storeAt.settings, `{"keep": ${"[".repeat(100_000)}`);
	await expect(create(on)).rejects.toMatchObject({
		code: "bad-config",
		message: expect.stringMatching(/line 1: is nested too deeply/),
	});
});

describe("a journal that cannot be read says so, and what to move away:", () => {
	const refused = (why: RegExp) => ({
		code: "recovery-blocked",
		message: expect.stringMatching(why),
		hint: expect.stringContaining("move"),
	});

	it("of 100 MB", async () => {
		const on = await withStore();
		on.volume.mkdirSync(storeAt.restoring);
		const full = sized(on, storeAt.journal, 100_000_000);
		await expect(recover(agentOn(full))).rejects.toMatchObject(
			refused(/is larger than \d+ bytes/),
		);
	});

	it("that is a directory", async () => {
		const on = await withStore();
		on.volume.mkdirSync(storeAt.journal, { recursive: true });
		await expect(recover(agentOn(on))).rejects.toMatchObject(
			refused(/The journal of an interrupted restore is /),
		);
	});

	it("that is a link", async () => {
		const on = await withStore();
		on.volume.mkdirSync(storeAt.restoring);
		on.volume.symlinkSync("/etc/passwd", storeAt.journal);
		await expect(recover(agentOn(on))).rejects.toMatchObject(
			refused(/is a link/),
		);
	});
});
