import { describe, expect, it } from "vitest";
import { restore, undo } from "../support/commands.ts";
import { changed, restored, scenes } from "../support/crash-scenes.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";

/** As on macOS: the system does not say who has a file open. */
function withoutHolders(on: Machine): Machine {
	on.holders = undefined;
	return on;
}

describe("where nobody can say who holds a database,", () => {
	it.each(
		scenes.map((scene) => [scene.name, scene] as const),
	)("a restore of %s ends as it does elsewhere", async (_, scene) => {
		const elsewhere = await restored(scene);
		const here = withoutHolders(await changed(scene));
		await restore(here, "1");
		expect(homeState(here)).toEqual(homeState(elsewhere));
	});

	it.each(
		scenes
			.filter(({ undoable }) => undoable !== false)
			.map((scene) => [scene.name, scene] as const),
	)("an undo of %s ends as it was", async (_, scene) => {
		const before = homeState(await changed(scene));
		const here = withoutHolders(await changed(scene));
		await restore(here, "1");
		await undo(here);
		expect(homeState(here)).toEqual(before);
	});
});
