import { beforeEach, describe, expect, it } from "vitest";
import { create, restore, undo } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	STORE,
} from "../support/plain-agent.ts";

let on: Machine;

beforeEach(async () => {
	on = plainMachine();
	putDatabase(on, "agents/ada/agent.db", "one");
	await create(on);
});

describe("what a pattern stands for, and came since", () => {
	beforeEach(() => {
		putDatabase(on, "agents/bob/agent.db", "two");
		put(on, "agents/bob/cache.txt", "nobody looks for this");
	});

	it("goes in a restore, and comes back with its undo", async () => {
		const { plan } = await restore(on, "1");
		expect(plan.steps.map((step) => `${step.do} ${step.path}`)).toEqual([
			"remove agents/bob/agent.db",
		]);
		expect(on.volume.existsSync(`${HOME}/agents/bob/agent.db`)).toBe(false);
		expect(read(on, "agents/bob/cache.txt")).toBe("nobody looks for this");
		await undo(on);
		expect(read(on, "agents/bob/agent.db")).toContain("two");
		expect(read(on, "agents/ada/agent.db")).toContain("one");
	});

	it("stays when the snapshot was made before patterns were noted", async () => {
		forgetPatterns();
		const { plan } = await restore(on, "1");
		expect(plan.steps).toEqual([]);
	});

	it("stays in a restore of something else", async () => {
		put(on, "config.yaml", "changed");
		const { plan } = await restore(on, "1", { select: ["agents/ada"] });
		expect(plan.steps).toEqual([]);
	});
});

describe("a profile that came since", () => {
	it("stays, and is named", async () => {
		put(on, "profiles/new/config.yaml", "model: one");
		put(on, "config.yaml", "changed");
		const { plan } = await restore(on, "1");
		expect(plan.leftAlone).toMatchObject([
			{
				path: "profiles/new",
				why: "it came after the snapshot, and is a home of its own",
			},
		]);
		expect(read(on, "profiles/new/config.yaml")).toBe("model: one");
		expect((await undo(on)).plan.leftAlone).toEqual([]);
	});
});

/** As an older version of ours wrote it: without patterns, and here without a checksum of the rest. */
function forgetPatterns(): void {
	const [id = ""] = on.volume
		.readdirSync(STORE, "utf8")
		.map(String)
		.filter((name) => /^\d/.test(name));
	const file = `${STORE}/${id}/manifest.json`;
	const manifest = JSON.parse(String(on.volume.readFileSync(file)));
	delete manifest.captured.patterns;
	delete manifest.checksum;
	on.volume.writeFileSync(file, JSON.stringify(manifest));
}
