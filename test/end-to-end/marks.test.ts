import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { manifestPath, snapshotFolders, storeOf } from "../support/store.ts";

const timeout = 120_000;
const newHome = () =>
	makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 1 });

/** Below the store, those that a process of ours opened. */
function openedIn(trace: string, home: string): string[] {
	const opened = fs
		.readFileSync(trace, "utf8")
		.matchAll(/openat\([^,]+, "([^"]+)"[^)]*\) = \d/g);
	return [...opened]
		.map(([, file = ""]) => file)
		.filter((file) => file.startsWith(`${storeOf(home)}/2`));
}

it("a snapshot that got another label is what the next one shares with, and is not read for it", {
	timeout,
}, async () => {
	const home = newHome();
	await snapshot(home, ["create", "one"]);
	const [id = ""] = snapshotFolders(home);
	const file = manifestPath(home, id);
	// As on a disk where a tick of the clock is long: the last file and the manifest are of the same nanosecond.
	const seal = fs.statSync(file).mtimeMs;
	for (const marks of [
		["label", "1", "two"],
		["pin", "1"],
		["label", "1", "x"],
	])
		expect((await snapshot(home, marks)).code).toBe(0);
	// As Node tells times, which is how we compare them: a quarter of a microsecond is the least it knows.
	const now = fs.statSync(file).mtimeMs;
	expect(now - seal).toBeGreaterThanOrEqual(0);
	expect(now - seal).toBeLessThan(0.002);
	put(home, "config.yaml", "label: changed\n");
	const trace = path.join(scratch(), "trace");
	const made = await snapshot(home, ["create", "next"], {
		under: ["strace", "-f", "-o", trace, "-e", "trace=openat"],
	});
	expect(made.code, made.json.text).toBe(0);
	const next = made.json.data.snapshot?.id ?? "";
	const inode = (of: string) =>
		fs.statSync(path.join(storeOf(home), of, "SOUL.md")).ino;
	expect(inode(next)).toBe(inode(id));
	const others = openedIn(trace, home).filter(
		(opened) => !opened.endsWith("manifest.json") && opened.includes(id),
	);
	expect(others.filter((opened) => opened.includes(`/${id}/`))).toEqual([]);
});

it("a manifest's other name elsewhere keeps what it said", {
	timeout,
}, async () => {
	const home = newHome();
	await snapshot(home, ["create", "one"]);
	const [id = ""] = snapshotFolders(home);
	const copy = path.join(scratch(), "manifest.json");
	fs.linkSync(manifestPath(home, id), copy);
	const before = fs.readFileSync(copy, "utf8");
	await snapshot(home, ["label", "1", "other"]);
	expect(fs.readFileSync(copy, "utf8")).toBe(before);
});

it("a snapshot is restored as before, pinned and labelled or not", {
	timeout,
}, async () => {
	const home = newHome();
	put(home, "config.yaml", "label: one\n");
	await snapshot(home, ["create", "one"]);
	await snapshot(home, ["pin", "1", "why", "not"]);
	await snapshot(home, ["label", "1", "--", "--uno"]);
	put(home, "config.yaml", "label: two\n");
	const done = await snapshot(home, ["restore", "1"]);
	expect(done.code, done.json.text).toBe(0);
	expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
		"label: one\n",
	);
	expect(done.json.data.snapshot).toMatchObject({
		label: "--uno",
		pinned: true,
	});
});
