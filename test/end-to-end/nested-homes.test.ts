import fs from "node:fs";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { canTrace } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { startHeld } from "../torture/campaigns/races/stopped.ts";
import { commitOf, interruptRestore } from "../torture/interrupt-restore.ts";
import { ours } from "../torture/subjects.ts";

const FILES = ["config.yaml", "SOUL.md"];

/** A profile with a snapshot, changed since. */
async function changedProfile(): Promise<{ home: string; coder: string }> {
	const home = makeHermesHome({ dir: `${scratch()}/home` });
	const coder = `${home}/profiles/coder`;
	for (const file of FILES) fs.writeFileSync(`${coder}/${file}`, "before");
	expect((await snapshot(coder, ["create", "inner"])).code).toBe(0);
	for (const file of FILES) fs.writeFileSync(`${coder}/${file}`, "since");
	return { home, coder };
}

function inSnapshot(home: string, id: string | undefined): string[] {
	const folder = `${home}/state-snapshots/${id}/profiles/coder`;
	return FILES.map((file) => fs.readFileSync(`${folder}/${file}`, "utf8"));
}

it.skipIf(!canTrace())(
	"a create of the home waits for a restore in a profile, and says where (skipped where strace may not trace)",
	async () => {
		const { home, coder } = await changedProfile();
		const ordinal = (await commitOf(ours, coder, "1")) + 2;
		const call = { name: "rename", ordinal };
		const held = await startHeld(ours, coder, ["restore", "1"], call).stopped;
		const hurried = await snapshot(home, ["create", "--wait", "0"]);
		expect(hurried).toMatchObject({ code: 11 });
		expect(hurried.json.text).toContain(
			`at work in ${coder}, a home within this one (restore, process ${held?.pid}, since`,
		);
		const waiting = snapshot(home, ["create", "--wait", "100"]);
		held?.go();
		expect((await held?.answer)?.code).toBe(0);
		const { data } = (await waiting).json;
		expect(inSnapshot(home, data.snapshot?.id)).toEqual(["before", "before"]);
	},
);

it.skipIf(!canTrace())(
	"a create of the home finishes a restore that was killed in a profile (skipped where strace may not trace)",
	async () => {
		const { home, coder } = await changedProfile();
		const commit = await commitOf(ours, coder, "1");
		await interruptRestore(ours, coder, "1", commit + 2);
		const { json } = await snapshot(home, ["create"]);
		expect(json.text).toMatch(
			new RegExp(`^Finished the interrupted restore of \\S+-inner in ${coder}`),
		);
		expect(inSnapshot(home, json.data.snapshot?.id)).toEqual([
			"before",
			"before",
		]);
	},
);
