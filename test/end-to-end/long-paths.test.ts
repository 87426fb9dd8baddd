import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { readManifest } from "../support/store.ts";

const timeout = 120_000;
/** Bytes of the longest path that Linux takes. */
const LONGEST = 4095;

/** Makes a file `bytes` deep, step by step, as programs do that work with relative paths. */
function putDeep(top: string, bytes: number): void {
	const script = `
		top=$1; left=$2; cd "$top" || exit 1
		while [ "$left" -gt 150 ]; do
			name=$(printf 'd%.0s' $(seq 100))
			mkdir "$name" && cd "$name" || exit 1
			left=$((left - 101))
		done
		echo secret > "$(printf 'f%.0s' $(seq $((left - 1))))"`;
	const left = bytes - Buffer.byteLength(top);
	execFileSync("bash", ["-c", script, "bash", top, String(left)]);
}

function homeWithDeepFile(bytes: number): string {
	const home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 1 });
	// Node's own removal would fail there.
	onTestFinished(() => void execFileSync("rm", ["-rf", home]));
	fs.mkdirSync(path.join(home, "memories/deep"));
	putDeep(path.join(home, "memories/deep"), bytes);
	return home;
}

const runs = process.platform === "linux" ? describe : describe.skip;

runs.each([
	["that the store has no room for", LONGEST - 30],
	["that no call takes", LONGEST + 60],
	["below a directory that no call takes", LONGEST + 1000],
])("a path %s", (_, bytes) => {
	it("is named, and everything else is saved", { timeout }, async () => {
		const home = homeWithDeepFile(bytes);
		const reply = await snapshot(home, ["create"]);
		expect(reply.code, reply.json.text).toBe(3);
		expect(reply.json.text).toContain("memories/deep/ddd");
		expect(reply.json.text).toContain("its path is longer than");
		expect(reply.json.text.length).toBeLessThan(1500);
		const id = reply.json.data.snapshot?.id ?? "";
		expect(readManifest(home, id).missed).toMatchObject([
			{ path: expect.stringMatching(/^memories\/deep\/d+/), lost: true },
		]);
	});

	it("harms no restore of anything else", { timeout }, async () => {
		const home = homeWithDeepFile(bytes);
		await snapshot(home, ["create"]);
		const before = fs.readFileSync(path.join(home, "SOUL.md"), "utf8");
		put(home, "SOUL.md", "changed");
		const reply = await snapshot(home, ["restore", "1"]);
		expect(reply.json.exitCode, reply.json.text).toBe(0);
		expect(fs.readFileSync(path.join(home, "SOUL.md"), "utf8")).toBe(before);
		expect(fs.existsSync(path.join(home, "memories/deep"))).toBe(true);
	});

	it("stays where it came since the snapshot", { timeout }, async () => {
		const home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 1 });
		onTestFinished(() => void execFileSync("rm", ["-rf", home]));
		await snapshot(home, ["create"]);
		fs.mkdirSync(path.join(home, "memories/deep"));
		putDeep(path.join(home, "memories/deep"), bytes);
		put(home, "SOUL.md", "changed");
		const reply = await snapshot(home, ["restore", "1"]);
		expect(reply.json.exitCode, reply.json.text).toBe(0);
		expect(reply.json.text).toContain("its path is longer than");
		expect(fs.existsSync(path.join(home, "memories/deep"))).toBe(true);
	});
});
