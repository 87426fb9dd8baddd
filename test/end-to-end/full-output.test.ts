import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { cli } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders } from "../support/store.ts";

const timeout = 120_000;
const FULL = "/dev/full";
const LOST =
	/^The command was done; only its reply could not be written to standard output: the disk is full\.\nLook before you repeat it: agent-snapshot list\n$/;

let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
});

/** Runs the built command with its standard output on a disk that is full. */
function run(words: readonly string[]): { code: number | null; said: string } {
	const full = fs.openSync(FULL, "w");
	try {
		const { status, stderr } = spawnSync(
			process.execPath,
			[cli, "--home", home, "--host", "hermes", ...words],
			{ encoding: "utf8", stdio: ["ignore", full, "pipe"] },
		);
		return { code: status, said: stderr };
	} finally {
		fs.closeSync(full);
	}
}

describe.skipIf(!fs.existsSync(FULL))("a reply that cannot be written", () => {
	it("is no success, and is told from a restore that failed", {
		timeout,
	}, () => {
		const config = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
		const made = run(["create", "one"]);
		expect(made).toEqual({ code: 1, said: expect.stringMatching(LOST) });
		expect(snapshotFolders(home)).toHaveLength(1);
		put(home, "config.yaml", "another: true\n");
		const restored = run(["restore", "1"]);
		expect(restored).toEqual({ code: 1, said: expect.stringMatching(LOST) });
		expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
			config,
		);
	});

	it.each([
		"list",
		"show 1",
		"status",
		"hosts",
		"help",
		"prune --dry-run",
		"undo --dry-run",
		"compact --dry-run",
		"recover",
		"doctor",
		"--json list",
		"--version",
		"--version --json",
	])("is told by %s", { timeout }, (words) => {
		run(["create", "one"]);
		put(home, "config.yaml", "another: true\n");
		run(["restore", "1"]);
		expect(run(words.split(" "))).toEqual({
			code: 1,
			said: expect.stringMatching(LOST),
		});
	});

	it("keeps the exit code and the words of a failure", { timeout }, () => {
		const { code, said } = run(["--json", "restore", "7", "--wait", "x"]);
		expect(code).toBe(2);
		expect(said).toMatch(
			/^The reply could not be written to standard output: the disk is full\. It says:\n.*wait/,
		);
	});

	it("fails no updater", { timeout }, () => {
		const { code, said } = run(["create", "--best-effort"]);
		expect([code, said]).toEqual([0, expect.stringMatching(LOST)]);
		expect(snapshotFolders(home)).toHaveLength(1);
	});
});
