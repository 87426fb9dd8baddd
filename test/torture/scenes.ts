import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expectedAfterRestore } from "../support/critical-set.ts";
import { difference, type HomeRecord, record } from "../support/oracle.ts";
import type { Setting } from "./campaign.ts";
import { recordBesideWriter } from "./home-oracle.ts";
import { changeLittleHome, makeLittleHome, writeOn } from "./little-home.ts";
import { type LiveWriter, startWriter } from "./live-writer.ts";
import { type Ran, runCommand } from "./run-subject.ts";
import { snapshotFolders } from "./store-oracle.ts";
import { hurtAt, type TraceOptions, traceCalls } from "./strace.ts";
import type { Subject } from "./subjects.ts";

/** A command in a situation, to be tried again and again, each time on a copy of the home. */
export interface Scene {
	/** As in the ids of its points. */
	readonly name: string;
	readonly words: readonly string[];
	/** The template. */
	readonly home: string;
	/** What the home is without the command; undefined when it lies half-way between two states. */
	readonly before: HomeRecord | undefined;
	/** What the template is, whatever state that is. */
	readonly start: HomeRecord;
	/** What it is when the command has worked. */
	readonly after: HomeRecord;
	/** What a recovery leads to that had to be told which way. */
	readonly ways: { readonly finish: HomeRecord; readonly back: HomeRecord };
	/** The snapshots that must be there whatever comes. */
	readonly kept: readonly string[];
	/** Of its points one in so many is tried: what is told apart by another scene already need not be tried twice. */
	readonly every: number;
	/** A writer holds state.db open and commits all the while. */
	readonly isLive: boolean;
	/** The agent wrote on after a crash: see `writeOn`. */
	readonly hasWrittenOn: boolean;
}

type Plan = Pick<Scene, "name" | "words" | "home"> & {
	/** Worked out without the command; undefined: whatever the command makes of it when it is left alone. */
	readonly after?: HomeRecord;
	readonly before?: HomeRecord | undefined;
	readonly ways?: Scene["ways"];
	readonly removes?: readonly string[];
	readonly every?: number;
	readonly isLive?: boolean;
	readonly hasWrittenOn?: boolean;
};

/** All scenes that a subject knows the commands of, with their templates made. */
export async function makeScenes({ subject, dir }: Setting): Promise<Scene[]> {
	const base = makeLittleHome(path.join(dir, "base"));
	const recorded = record(base);
	await must(subject, base, "create", "one");
	const changed = copyHome(base, path.join(dir, "changed"));
	changeLittleHome(changed);
	const old = record(changed);
	const isOurs = subject.name === "ours";
	const restored = isOurs ? { after: expectedAfterRestore(recorded, old) } : {};
	const plans: Plan[] = [
		{ name: "create", words: ["create", "two"], home: changed, after: old },
		{
			name: "restore/idle",
			words: ["restore", "1"],
			home: changed,
			...restored,
		},
		await prunePlan(subject, base, path.join(dir, "many")),
	];
	if (restored.after !== undefined) {
		const known = { recorded, old, after: restored.after };
		plans.push(...(await ourPlans(subject, changed, known)));
	}
	const scenes: Scene[] = [];
	for (const plan of plans) scenes.push(await rehearse(subject, dir, plan));
	return scenes;
}

async function prunePlan(
	subject: Subject,
	base: string,
	home: string,
): Promise<Plan> {
	copyHome(base, home);
	for (const label of ["two", "three", "four"]) {
		fs.appendFileSync(path.join(home, "config.yaml"), `# ${label}\n`);
		await must(subject, home, "create", label);
	}
	// Both sort by name when they are of one second, and these names sort as they were made only by chance.
	const removes = snapshotFolders(home);
	return {
		name: "prune",
		words: ["prune", "1"],
		home,
		after: record(home),
		removes,
	};
}

/** Those that only ours can do. */
async function ourPlans(
	subject: Subject,
	changed: string,
	known: { recorded: HomeRecord; old: HomeRecord; after: HomeRecord },
): Promise<Plan[]> {
	const beside = (name: string) => copyHome(changed, `${changed}-${name}`);
	const { old, after } = known;
	const damaged = beside("damaged");
	fs.writeFileSync(path.join(damaged, "kanban.db"), Buffer.alloc(8192));
	const undone = beside("undone");
	await must(subject, undone, "restore", "1");
	const half = beside("half");
	await leaveHalfWay(subject, half);
	const blocked = copyHome(half, `${changed}-blocked`);
	writeOn(blocked);
	const ways = { finish: after, back: old };
	const half1 = { home: half, before: undefined, after };
	const settled = {
		home: blocked,
		before: undefined,
		ways,
		hasWrittenOn: true,
	};
	const live = expectedAfterRestore(
		recordBesideWriter(path.join(changed, "../base")),
		recordBesideWriter(changed),
	);
	const selected = withOnly(/^(config\.yaml$|memories(\/|$))/, old, after);
	return [
		{
			name: "restore/selective",
			words: ["restore", "1", "config.yaml", "memories/"],
			home: changed,
			after: selected,
			every: 3,
		},
		{
			name: "restore/damaged",
			words: ["restore", "1"],
			home: damaged,
			after,
			every: 4,
		},
		{
			name: "restore/live",
			words: ["restore", "1"],
			home: changed,
			after: live,
			isLive: true,
			every: 2,
		},
		{ name: "undo", words: ["undo"], home: undone, after: old },
		{ name: "recover", words: ["recover"], ...half1 },
		{ name: "recover/by-create", words: ["create", "two"], every: 3, ...half1 },
		{
			name: "recover/finish",
			words: ["recover", "--finish"],
			after,
			every: 3,
			...settled,
		},
		{
			name: "recover/back",
			words: ["recover", "--back"],
			after: old,
			every: 3,
			...settled,
		},
	];
}

/** What `pattern` names as it is afterwards, all else as it was. */
function withOnly(
	pattern: RegExp,
	before: HomeRecord,
	after: HomeRecord,
): HomeRecord {
	const isNamed = ([file]: [string, unknown]) => pattern.test(file);
	return new Map([
		...[...before].filter((one) => !isNamed(one)),
		...[...after].filter(isNamed),
	]);
}

/** A restore that was killed when half of its files had been moved in. */
async function leaveHalfWay(subject: Subject, home: string): Promise<void> {
	const dir = `${home}-tracing`;
	const fresh = async () => {
		const copy = freshCopy(home, dir);
		const command = subject.command(copy.home, "restore", "1");
		return { ...copy, command, beside: undefined };
	};
	const calls = await traceCalls(await fresh(), ["rename"]);
	const moves = calls.filter(
		({ place }) => !place.startsWith("state-snapshots"),
	);
	const middle = moves[Math.floor(moves.length / 2)];
	if (middle === undefined) throw new Error("the restore moves nothing in");
	const options = await fresh();
	const { reached } = await hurtAt(options, middle, "signal=SIGKILL", fresh);
	if (!reached) throw new Error("no restore was left half-way");
	fs.rmSync(home, { recursive: true });
	fs.renameSync(options.home, home);
}

/** Runs the command once, undisturbed: the harness must agree with what it does, or nothing else can be judged. */
async function rehearse(
	subject: Subject,
	dir: string,
	plan: Plan,
): Promise<Scene> {
	const {
		name,
		words,
		home,
		every = 1,
		isLive = false,
		hasWrittenOn = false,
	} = plan;
	const look = isLive ? recordBesideWriter : record;
	const start = look(home);
	const before = "before" in plan ? plan.before : start;
	const options = freshCopy(home, path.join(dir, "rehearsal"));
	const ran = await beside(isLive, options.home, () =>
		runCommand(subject.command(options.home, ...words), options.dir),
	);
	const found = look(options.home);
	const after = plan.after ?? found;
	const faults = difference(after, found);
	if (ran.code !== 0 || faults.length > 0)
		throw new Error(
			`${name} undisturbed: ${ran.stdout}${ran.stderr}\n${faults.join("\n")}`,
		);
	const gone = snapshotFolders(home).filter(
		(id) => !snapshotFolders(options.home).includes(id),
	);
	if (gone.length > 0 !== (plan.removes !== undefined))
		throw new Error(`${name} undisturbed removed ${gone}`);
	const kept = snapshotFolders(home).filter((id) => !gone.includes(id));
	const ways = plan.ways ?? { finish: after, back: before ?? after };
	return {
		name,
		words,
		home,
		start,
		before,
		after,
		ways,
		kept,
		every,
		isLive,
		hasWrittenOn,
	};
}

/** With a writer if the scene wants one. */
export async function beside<T>(
	isLive: boolean,
	home: string,
	work: (writer: LiveWriter | undefined) => Promise<T>,
): Promise<T> {
	if (!isLive) return work(undefined);
	const writer = await startWriter(home);
	try {
		return await work(writer);
	} finally {
		await writer.end();
	}
}

export function freshCopy(
	template: string,
	dir: string,
): { home: string; dir: string } {
	fs.rmSync(dir, { recursive: true, force: true });
	fs.mkdirSync(dir);
	return { dir, home: copyHome(template, path.join(dir, "home")) };
}

/** With modes, times and links: what `cp -a` keeps and Node's own copying does not. */
function copyHome(from: string, to: string): string {
	execFileSync("cp", ["-a", from, to]);
	return to;
}

export function optionsFor(
	subject: Subject,
	scene: Scene,
	dir: string,
	writer: LiveWriter | undefined,
): TraceOptions {
	const home = path.join(dir, "home");
	const command = subject.command(home, ...scene.words);
	return { home, dir, command, beside: writer };
}

async function must(
	subject: Subject,
	home: string,
	...words: string[]
): Promise<Ran> {
	const ran = await runCommand(
		subject.command(home, ...words),
		path.dirname(home),
	);
	if (ran.code === 0) return ran;
	throw new Error(`${words.join(" ")}: ${ran.stdout}${ran.stderr}`);
}
