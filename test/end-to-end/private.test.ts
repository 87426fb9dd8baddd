import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { changeEverything } from "../support/change-home.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { record } from "../support/oracle.ts";
import { canTrace } from "../support/paths.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

/** Everything in the store that somebody else could use, were the folder above it open. */
function tooOpen(home: string): string[] {
	const facts = record(storeOf(home));
	return [...facts].flatMap(([file, { type, mode }]) => {
		const allowed = type === "directory" ? 0o700 : 0o600;
		return type !== "link" && mode & ~allowed
			? [`${type} ${file} is ${mode.toString(8)}`]
			: [];
	});
}

it.each([
	"000",
	"022",
	"077",
])("keeps everything in the store private under umask %s", {
	timeout: 120_000,
}, async (umask) => {
	const home = makeHermesHome({
		dir: path.join(scratch(), "home"),
		walLive: true,
	});
	fs.chmodSync(path.join(home, "config.yaml"), 0o644);
	for (const words of [
		["create", "first"],
		["create", "second", "--force"],
	]) {
		expect((await snapshot(home, words, { umask })).code).toBe(0);
		expect(tooOpen(home)).toEqual([]);
	}
	changeEverything(home);
	for (const words of [["restore", "2"], ["undo"], ["prune", "1"]]) {
		const done = await snapshot(home, words, { umask });
		expect(done.code, done.json.text).toBe(0);
		expect(tooOpen(home)).toEqual([]);
	}
});

it("closes a store that an older tool left open", async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	fs.mkdirSync(storeOf(home));
	fs.chmodSync(storeOf(home), 0o755);
	expect((await snapshot(home, ["create"], { umask: "000" })).code).toBe(0);
	expect(fs.statSync(storeOf(home)).mode & 0o777).toBe(0o700);
});

it("restores modes as they were, whatever the umask", async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	const before = record(home);
	await snapshot(home, ["create"]);
	changeEverything(home);
	expect((await snapshot(home, ["restore", "1"], { umask: "000" })).code).toBe(
		0,
	);
	const now = record(home);
	for (const file of [
		".env",
		"config.yaml",
		"state.db",
		"projects.db",
		"SOUL.md",
		"platforms/pairing",
		"memories/USER.md",
	]) {
		expect(now.get(file)?.mode.toString(8), file).toBe(
			before.get(file)?.mode.toString(8),
		);
	}
});

// Deterministic, without a clock: the kernel kills the maker at its n-th fsync, then we look at what it left.
it.skipIf(!canTrace()).each([1, 2, 5, 10])(
	"is private while it is being made: killed at fsync %i (skipped where strace may not trace)",
	{ timeout: 120_000 },
	async (when) => {
		const home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 8 });
		const inject = `inject=fsync,fdatasync,syncfs:signal=SIGKILL:when=${when}`;
		const under = [
			"strace",
			"-f",
			"-qq",
			"-o",
			"/dev/null",
			"-e",
			"trace=fsync,fdatasync,syncfs",
			"-e",
			inject,
		];
		// One worker, because strace counts for each thread.
		const env = { UV_THREADPOOL_SIZE: "1" };
		const killed = await runCli(["--home", home, "create"], {
			umask: "000",
			under,
			env,
		});
		expect(killed.code, "it was killed before it ended").not.toBe(0);
		expect(tooOpen(home)).toEqual([]);

		const list = await snapshot(home, ["list"]);
		expect(
			list.json.data.snapshots,
			"what is half made is no snapshot",
		).toEqual([]);
		expect((await snapshot(home, ["create", "after the crash"])).code).toBe(0);
		const left = fs
			.readdirSync(storeOf(home))
			.filter((name) => name.endsWith(".partial"));
		expect(left, "what a dead maker left is collected").toEqual([]);
	},
);
