import fs from "node:fs";
import path from "node:path";
import { beforeEach, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { type SnapshotSummary, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders } from "../support/store.ts";

const timeout = 120_000;
let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
});

/** A snapshot of a home whose config.yaml says the label, so that a restore can be told by it. */
async function create(
	label: string,
	flags: string[] = [],
): Promise<SnapshotSummary> {
	put(home, "config.yaml", `label: ${label}\n`);
	const reply = await snapshot(home, ["create", ...flags, label]);
	const made = reply.json.data.snapshot;
	if (reply.code !== 0 || !made) throw new Error(reply.json.text);
	return made;
}

async function list(): Promise<SnapshotSummary[]> {
	return (await snapshot(home, ["list", "--all"])).json.data.snapshots ?? [];
}

const numbered = (snapshots: SnapshotSummary[]) =>
	snapshots
		.filter((one) => typeof one.number === "number")
		.map((one) => `${one.number} ${one.label}`);
const config = () => fs.readFileSync(path.join(home, "config.yaml"), "utf8");

it("counts from the newest, and a restore shifts no number", {
	timeout,
}, async () => {
	for (const label of ["oldest", "middle", "newest"]) await create(label);
	const shown = ["1 newest", "2 middle", "3 oldest"];
	expect(numbered(await list())).toEqual(shown);

	put(home, "config.yaml", "label: unsaved\n");
	await snapshot(home, ["restore", "3"]);
	expect(config()).toBe("label: oldest\n");
	expect(numbered(await list())).toEqual(shown);

	await snapshot(home, ["restore", "2"]);
	expect(config(), "2 is what the list showed as 2").toBe("label: middle\n");
	const after = await list();
	expect(numbered(after)).toEqual(shown);
	const undo = after.filter((one) => one.reason === "before-restore");
	expect(undo).toHaveLength(2);
	expect(
		undo.every((one) => one.number === null || one.number === undefined),
	).toBe(true);
	expect(
		(await snapshot(home, ["list"])).json.text,
		"the list shows undo in place of a number",
	).toMatch(/^\W*undo\b/m);

	await snapshot(home, ["undo"]);
	expect(config()).toBe("label: oldest\n");
});

it("finds a snapshot by id, by unique beginning and as latest, whatever the verb's name", {
	timeout,
}, async () => {
	const first = await create("first");
	await create("second");
	await snapshot(home, ["rewind", first.id]);
	expect(config()).toBe("label: first\n");
	await snapshot(home, ["restore", "latest"]);
	expect(config(), "latest is number 1, not the undo snapshot").toBe(
		"label: second\n",
	);
	put(home, "config.yaml", "label: third\n");
	const third = await create("third");
	await snapshot(home, ["restore", "2"]);
	await snapshot(home, ["restore", third.id.slice(0, -1)]);
	expect(config()).toBe("label: third\n");
});

it("prunes to N of people's own, says which went, and only says so with --dry-run", {
	timeout,
}, async () => {
	const made: string[] = [];
	for (const label of ["a", "b", "c", "d"]) made.push((await create(label)).id);
	const [a = "", b = "", c = "", d = ""] = made;

	const plan = await snapshot(home, ["prune", "2", "--dry-run"]);
	expect(plan.code).toBe(0);
	expect(plan.json.text).toContain(a);
	expect(snapshotFolders(home)).toHaveLength(4);

	const pruned = await snapshot(home, ["prune", "2"]);
	expect(pruned.json.data.removed?.sort()).toEqual([a, b].sort());
	expect(snapshotFolders(home).sort()).toEqual([c, d].sort());
});

it("keeps the newest 20 of people's own, whatever updates do", {
	timeout: 300_000,
}, async () => {
	const mine = await create("mine, before all updates");
	for (let i = 0; i < 7; i += 1)
		await create(`update ${i}`, ["--reason", "pre-update"]);
	let all = await list();
	expect(
		all.some((one) => one.id === mine.id),
		"updates push out no snapshot of people's",
	).toBe(true);
	expect(all.filter((one) => one.reason === "pre-update")).toHaveLength(5);

	for (let i = 0; i < 20; i += 1) await create(`mine ${i}`);
	all = await list();
	expect(all.filter((one) => one.reason === "manual")).toHaveLength(20);
	expect(all.some((one) => one.id === mine.id)).toBe(false);
	expect(all.filter((one) => one.reason === "pre-update")).toHaveLength(5);
});

it("keeps the newest 3 undo snapshots", { timeout }, async () => {
	await create("one");
	await create("two");
	for (const number of ["1", "2", "1", "2", "1"])
		await snapshot(home, ["restore", number]);
	expect(
		(await list()).filter((one) => one.reason === "before-restore"),
	).toHaveLength(3);
});
