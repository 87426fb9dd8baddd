import { expect, it } from "vitest";
import { create, listedIds, restore } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import { plainMachine, put, read } from "../support/plain-agent.ts";

/** As macOS and Windows have it: every name is found however it is written. The store's is all that is asked for. */
function ignoringCase(on: Machine): Machine {
	const { disk } = on.system;
	const stat = (path: string) =>
		disk.stat(path.replace("STATE-SNAPSHOTS", "state-snapshots"));
	return { ...on, system: { ...on.system, disk: { ...disk, stat } } };
}

async function withBoth(): Promise<Machine> {
	const on = plainMachine();
	put(on, "letters/Ada.txt", "Dear Ada, with a capital");
	await create(on);
	put(on, "letters/Ada.txt", "changed");
	put(on, "letters/ada.txt", "changed too");
	return on;
}

it("puts both back where the disk tells upper from lower case", async () => {
	const on = await withBoth();
	await restore(on, "1");
	expect(read(on, "letters/Ada.txt")).toBe("Dear Ada, with a capital");
	expect(read(on, "letters/ada.txt")).toBe("Dear Ada");
});

it("refuses names that are one on this disk, and changes nothing", async () => {
	const on = await withBoth();
	const [before, ids] = [homeState(on), listedIds(on)];
	await expect(restore(ignoringCase(on), "1")).rejects.toMatchObject({
		code: "damaged",
		message: expect.stringMatching(
			/holds "letters\/Ada.txt" and "letters\/ada.txt", which are one name on this disk/,
		),
	});
	expect(homeState(on)).toEqual(before);
	expect(listedIds(on)).toEqual(ids);
});

it("restores there what has no such names", async () => {
	const on = ignoringCase(plainMachine());
	await create(on);
	put(on, "letters/ada.txt", "changed");
	await restore(on, "1");
	expect(read(on, "letters/ada.txt")).toBe("Dear Ada");
});
