import { beforeEach, describe, expect, it } from "vitest";
import { create, restore, undo } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	read,
	STORE,
} from "../support/plain-agent.ts";

let on: Machine;

beforeEach(() => {
	on = plainMachine();
});

/** As an agent does it: workspaces of boards are in no snapshot. */
function makeBoard(name: string): void {
	put(on, `boards/${name}/board.json`, "{}");
	put(on, `boards/${name}/workspaces/draft/notes.md`, "never captured");
}

describe("a directory that came since, with something in it that was never captured", () => {
	beforeEach(async () => {
		await create(on);
		makeBoard("new");
	});

	it("stays, and is said to", async () => {
		const { plan } = await restore(on, "1");
		expect(plan.steps.map((step) => `${step.do} ${step.path}`)).toEqual([
			"remove boards/new/board.json",
		]);
		expect(plan.leftAlone).toMatchObject([
			{
				path: "boards/new",
				why: "it holds workspaces, which was never captured",
			},
		]);
		expect(read(on, "boards/new/workspaces/draft/notes.md")).toBe(
			"never captured",
		);
	});

	it("leaves nothing to do for the next restore, so that the undo stays", async () => {
		await restore(on, "1");
		const again = await restore(on, "1");
		expect(again.plan.steps).toEqual([]);
		expect(again.undo).toBeUndefined();
		await undo(on);
		expect(read(on, "boards/new/board.json")).toBe("{}");
	});
});

describe("a directory in the way, with something deep in it that was never captured", () => {
	beforeEach(async () => {
		on.volume.symlinkSync("/elsewhere", `${HOME}/boards`);
		await create(on);
		on.volume.unlinkSync(`${HOME}/boards`);
		makeBoard("ops");
	});

	it.each([
		true,
		false,
	])("is refused before anything is changed (dry run: %s)", async (dryRun) => {
		const before = on.volume.readdirSync(STORE);
		await expect(restore(on, "1", { dryRun })).rejects.toThrow(
			"boards is a directory now and holds ops/workspaces, which was never captured. Nothing was changed.",
		);
		expect(on.volume.readdirSync(STORE)).toEqual(before);
		expect(read(on, "boards/ops/board.json")).toBe("{}");
	});
});
