import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hosts } from "../../src/index.ts";
import { scratch } from "../support/scratch.ts";
import { faces, runHook } from "./faces.ts";
import { homeWith } from "./home-with.ts";

const timeout = 60_000;
afterEach(() => {
	vi.unstubAllEnvs();
});

it("every host but Hermes, whose plugin is in Python, has a face here", () => {
	const known = Object.keys(hosts).filter((name) => name !== "hermes");
	expect(faces.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
});

describe.each(faces)("in $name", ({ state, start }) => {
	it("both names are there, and take a label of several words", {
		timeout,
	}, async () => {
		const { names, type } = await start(homeWith(state));
		expect(names.toSorted()).toEqual(["snap", "snapshot"]);
		expect(await type("snapshot", 'create "two words"')).toContain(
			"Snapshot 1 created",
		);
		expect(await type("snap", "list")).toContain("two words");
	});

	it("what was lost comes back", { timeout }, async () => {
		const home = homeWith(state);
		const { type } = await start(home);
		await type("snapshot", "create");
		for (const name of Object.keys(state))
			fs.writeFileSync(path.join(home, name), "ruined");
		expect(await type("snap", "restore 1")).toContain("Restored snapshot 1");
		for (const [name, content] of Object.entries(state))
			expect(fs.readFileSync(path.join(home, name), "utf8")).toBe(content);
	});

	it("an error is shown, and nothing is thrown", { timeout }, async () => {
		const { type } = await start(homeWith(state));
		await type("snapshot", "create");
		expect(await type("snapshot", "restore 9")).toContain(
			"There is no snapshot 9. Nothing was changed.",
		);
		expect(await type("snap", "dance")).toContain(
			'There is no command "dance"',
		);
	});

	it("a home that is not there is said, and nothing is thrown", {
		timeout,
	}, async () => {
		const { type } = await start(scratch());
		expect(await type("snapshot", "create")).toMatch(
			/There is no|holds nothing/,
		);
	});
});

describe("a prompt that is not for us", () => {
	it.each([
		["an ordinary one", { prompt: "please run /snapshot list" }],
		["one of another command", { prompt: "/snapshots list" }],
		["none", {}],
		["nonsense", "[1, 2]"],
	])("goes on to the model: %s", { timeout }, async (_, input) => {
		expect(await runHook("codex", scratch(), input)).toBe("");
	});
});
