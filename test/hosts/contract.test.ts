import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hosts } from "../../src/index.ts";
import { scratch } from "../support/scratch.ts";
import { faces, startOpenClaw } from "./faces.ts";

const timeout = 60_000;
afterEach(() => {
	vi.unstubAllEnvs();
});

/** A user's home with the agent's state in it. */
function homeWith(state: Readonly<Record<string, string>>): string {
	const home = scratch();
	for (const [name, content] of Object.entries(state)) {
		fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
		fs.writeFileSync(path.join(home, name), content);
	}
	return home;
}

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

describe("in a chat with several people", () => {
	it.each([
		"restore 1",
		"undo",
		"prune 1",
		"rewind 1",
	])("only the owner may say %s", { timeout }, async (words) => {
		const handlers = await startOpenClaw(
			homeWith({ ".openclaw/openclaw.json": "{}" }),
		);
		const say = (context: object) =>
			handlers.get("snapshot")?.({ args: words, ...context });
		const refused = "Only the owner may do that. Nothing was changed.";
		const asClient = await say({ gatewayClientScopes: ["operator.write"] });
		const notOwner = await say({
			assertOwnerCurrent() {
				throw new Error("no longer");
			},
		});
		expect([asClient?.text, notOwner?.text]).toEqual([refused, refused]);
	});
});
