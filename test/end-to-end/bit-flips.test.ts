import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createSnapshot } from "../../src/core/create/create.ts";
import { type Agent, agentAt } from "../../src/core/home/agent.ts";
import { restoreSnapshot } from "../../src/core/restore/restore.ts";
import { standingOf } from "../../src/core/status/standing.ts";
import { markDamaged } from "../../src/core/verify/mark-damaged.ts";
import { verifySnapshots } from "../../src/core/verify/verify-snapshots.ts";
import { hosts } from "../../src/hosts/index.ts";
import { createNodeSystem } from "../../src/system/node.ts";
import { changeRows } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { root } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { storeOf } from "../support/store.ts";

const FLIPS = 1000;
const AT_ONCE = 4;

/** In the store, below it. */
let files: string[] = [];
let agent: Agent;
let home = "";

/** The same in every run. */
function randomness(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

async function create(label: string): Promise<void> {
	const made = await createSnapshot(agent, {
		label,
		reason: "manual",
		force: true,
	});
	expect(made.missed).toEqual([]);
}

beforeAll(async () => {
	const above = fs.mkdtempSync(
		path.join(fs.realpathSync("/tmp"), "bit-flips-"),
	);
	home = makeHermesHome({ dir: path.join(above, "home"), dbMb: 1 });
	// The smallest that there may be, so that there are parts.
	put(home, "state-snapshots/config.json", { partsFromBytes: 65_536 });
	fs.chmodSync(storeOf(home), 0o700);
	const real = createNodeSystem(root);
	agent = agentAt({
		// Thousands of marks that need to survive no power cut.
		system: {
			disk: { ...real.disk, sync() {} },
			sqlite: real.sqlite,
			clock: real.clock,
			processes: real.processes,
			programs: real.programs,
			network: real.network,
		},
		host: hosts.hermes,
		home,
		patience: { signal: new AbortController().signal, deadline: undefined },
		waitMilliseconds: 0,
	});
	await create("first");
	put(home, "config.yaml", "model: two\n");
	await create("second");
	for (const file of ["SOUL.md", "memories/USER.md", "memories/MEMORY.md"])
		put(home, file, "# Another\n");
	const change = "UPDATE messages SET content = 'changed' WHERE id < 9";
	changeRows(path.join(home, "state.db"), change);
	await create("third");
	const store = storeOf(home);
	files = fs
		.readdirSync(store, { recursive: true })
		.map(String)
		.filter((file) => !file.startsWith(".") && file.includes("/"))
		.filter((file) => fs.lstatSync(path.join(store, file)).isFile())
		.filter((file) => fs.statSync(path.join(store, file)).size > 0)
		.sort();
	// What is put back has to be missing, or it need not be read.
	for (const file of files) {
		const [, ...rest] = file.split("/");
		const live = path.join(home, rest.join("/").replace(/\/\d{6}$/, ""));
		for (const suffix of ["", "-wal", "-shm"])
			fs.rmSync(`${live}${suffix}`, { force: true });
	}
	return () => fs.rmSync(above, { recursive: true, force: true });
}, 60_000);

/** As a bad disk does it: neither size nor time tells. */
function flip(file: string, at: number, bit: number): void {
	const full = path.join(storeOf(home), file);
	const { atimeNs, mtimeNs, mode } = fs.statSync(full, { bigint: true });
	fs.chmodSync(full, 0o600);
	const open = fs.openSync(full, "r+");
	const byte = Buffer.alloc(1);
	fs.readSync(open, byte, 0, 1, at);
	byte[0] = (byte[0] ?? 0) ^ (1 << bit);
	fs.writeSync(open, byte, 0, 1, at);
	fs.closeSync(open);
	fs.chmodSync(full, Number(mode) & 0o777);
	fs.utimesSync(full, Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9);
}

/** The snapshots that have this file of the disk, with its path in each. */
function namesOf(file: string): Map<string, string> {
	const store = storeOf(home);
	const { ino } = fs.statSync(path.join(store, file));
	return new Map(
		files
			.filter((other) => fs.statSync(path.join(store, other)).ino === ino)
			.map((other) => {
				const [id = "", ...rest] = other.split("/");
				// A part is of the file that is named as its folder.
				const isPart = /^\d{6}$/.test(rest.at(-1) ?? "");
				return [id, (isPart ? rest.slice(0, -1) : rest).join("/")] as const;
			}),
	);
}

const all = { ref: undefined, full: false };

async function isRefused(id: string, damagedFile: string): Promise<void> {
	const select = damagedFile === "manifest.json" ? [] : [damagedFile];
	const restoring = restoreSnapshot(agent, {
		target: { ref: id },
		dryRun: false,
		include: [],
		select,
		undo: true,
	});
	await expect(restoring, `${id} ${damagedFile}`).rejects.toMatchObject({
		code: "damaged",
	});
}

interface Flip {
	readonly file: string;
	readonly at: number;
	readonly bit: number;
}

/**
 * Some at once, each in another file of the disk. Every other time in what one snapshot has for itself, its manifest
 * among it, so that the others stay good.
 */
function someFlips(random: (below: number) => number): Flip[] {
	const stat = (file: string) => fs.statSync(path.join(storeOf(home), file));
	const [only = ""] = files[random(files.length)]?.split("/") ?? [];
	const own = files.filter(
		(file) => file.startsWith(`${only}/`) && stat(file).nlink === 1,
	);
	const among = random(2) === 0 ? own : files;
	const flips = new Map<number, Flip>();
	while (flips.size < Math.min(AT_ONCE, among.length)) {
		const file = among[random(among.length)] ?? "";
		const { size, ino } = stat(file);
		if (!flips.has(ino))
			flips.set(ino, { file, at: random(size), bit: random(8) });
	}
	return [...flips.values()];
}

/** By the ids of the snapshots, what has to be found in each. Of one whose manifest is damaged nothing else is known. */
function wantedOf(flips: readonly Flip[]): Map<string, string[]> {
	const wanted = new Map<string, string[]>();
	for (const { file } of flips)
		for (const [id, name] of namesOf(file))
			wanted.set(id, [...(wanted.get(id) ?? []), name]);
	for (const [id, names] of wanted)
		wanted.set(
			id,
			names.includes("manifest.json")
				? ["manifest.json"]
				: [...new Set(names)].toSorted(),
		);
	return wanted;
}

describe("a bit that flips anywhere in a store", () => {
	it(`is found ${FLIPS} times of ${FLIPS}, with the name of the file; what has it is not restored, and no good one any more`, {
		timeout: 600_000,
	}, async () => {
		const random = randomness(34);
		const folders = new Set(files.map((file) => file.split("/")[0] ?? ""));
		const newestFirst = [...folders].toSorted().toReversed();
		expect(files.some((file) => /state\.db\/000001$/.test(file))).toBe(true);
		const before = record(home);
		const stood = new Set<string | undefined>();
		for (let count = 0; count < FLIPS; ) {
			const flips = someFlips(random);
			count += flips.length;
			const wanted = wantedOf(flips);
			const what = JSON.stringify(flips);
			for (const { file, at, bit } of flips) flip(file, at, bit);

			const { verified } = await verifySnapshots(agent, all);
			const found = new Map(
				verified
					.filter(({ damage }) => damage.length > 0)
					.map(({ id, damage }) => [id, damage.map((flaw) => flaw.path)]),
			);
			expect(found, what).toEqual(wanted);
			for (const { file } of flips) {
				const [[id, name] = ["", ""]] = namesOf(file);
				const isKnown = wanted.get(id)?.includes(name) === true;
				await isRefused(id, isKnown ? name : "manifest.json");
			}

			await markDamaged(agent, verified);
			const good = newestFirst.find((id) => !wanted.has(id));
			expect(standingOf(agent).newestGood?.id, what).toBe(good);
			stood.add(good);

			for (const { file, at, bit } of flips) flip(file, at, bit);
			const again = await verifySnapshots(agent, all);
			const { removed } = await markDamaged(agent, again.verified);
			expect(removed.toSorted(), what).toEqual([...wanted.keys()].toSorted());
		}
		expect(stood.size, "newest good ones, none among them").toBeGreaterThan(2);
		expect(difference(before, record(home))).toEqual([]);
	});
});
