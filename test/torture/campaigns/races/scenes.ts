import fs from "node:fs";
import path from "node:path";
import type { Setting } from "../../campaign.ts";
import { copyHome } from "../../copy-home.ts";
import { commitOf, interruptRestore } from "../../interrupt-restore.ts";
import { runSubject } from "../../run-subject.ts";
import { type Call, traceCalls } from "../../strace.ts";
import { changeSmallHome, makeTwoSnapshots } from "../../two-snapshots.ts";
import { type EndState, endStateOf } from "./end-state.ts";

export const VERBS = [
	"create",
	"restore",
	"undo",
	"prune",
	"recover",
	"list",
] as const;
export type Verb = (typeof VERBS)[number];

/** The words of one command; `who` tells two creates apart. */
export function wordsOf(verb: Verb, who: string): string[] {
	if (verb === "list") return ["list"];
	const more = {
		create: `by ${who}`,
		restore: "2",
		prune: "1",
		undo: "",
		recover: "",
	}[verb];
	// Longer than the default, which a machine with much else to do may need.
	return [verb, ...(more === "" ? [] : [more]), "--wait", "60"];
}

/** What a command may be held at; an open file only where it reads. */
const CALLS = ["rename", "mkdir", "unlink", "rmdir", "fsync", "openat"];

/** A home that every race copies, and what its commands do there when nobody disturbs them. */
export interface RaceScene {
	readonly setting: Setting;
	readonly home: string;
	/** A copy of it for one race. */
	copyTo(home: string): Promise<void>;
	/** Where commands of this verb can be held: calls that change something, with the lock held. */
	stops(verb: Verb): Promise<readonly Call[]>;
	/** The end of these commands, one after the other; `order` are places in `words`. */
	inOrder(
		words: readonly (readonly string[])[],
		order: readonly number[],
	): Promise<EndState>;
}

/** Two snapshots, a restore that can be undone, and changes since; `pending`: and a restore that was interrupted. */
export async function makeScenes(
	setting: Setting,
): Promise<{ calm: RaceScene; pending: RaceScene }> {
	const { subject, dir } = setting;
	const home = path.join(dir, "home");
	const { older } = await makeTwoSnapshots(subject, home);
	await runSubject(subject, home, ["restore", "1"]);
	changeSmallHome(home, "again");
	// A few steps after its commit.
	const midway = (await commitOf(subject, home, older)) + 4;
	const calm = async (copy: string) => {
		copyHome(home, copy);
	};
	const pending = async (copy: string) => {
		copyHome(home, copy);
		await interruptRestore(subject, copy, older, midway);
	};
	return {
		calm: sceneOf(setting, home, calm),
		pending: sceneOf(setting, home, pending),
	};
}

function sceneOf(
	setting: Setting,
	home: string,
	copyTo: RaceScene["copyTo"],
): RaceScene {
	const { subject, dir } = setting;
	const onCopy = async <T>(work: (copy: string) => Promise<T>) => {
		const root = fs.mkdtempSync(path.join(dir, "undisturbed-"));
		await copyTo(path.join(root, "home"));
		const made = await work(path.join(root, "home"));
		fs.rmSync(root, { recursive: true });
		return made;
	};
	const traces = new Map<string, Promise<readonly Call[]>>();
	const ends = new Map<string, Promise<EndState>>();
	const trace = (verb: Verb) => async (copy: string) =>
		stopsIn(
			verb,
			await traceCalls(
				{ subject, home: copy, words: wordsOf(verb, "one") },
				CALLS,
			),
		);
	return {
		setting,
		home,
		copyTo,
		stops: (verb) => known(traces, verb, () => onCopy(trace(verb))),
		inOrder: (words, order) =>
			known(ends, JSON.stringify([words, order]), () =>
				onCopy(async (copy) => {
					const exits = words.map((): number | null => null);
					for (const at of order)
						exits[at] = (await runSubject(subject, copy, words[at] ?? [])).code;
					return endStateOf(copy, exits);
				}),
			),
	};
}

/** Worked out once, and not twice at the same time. */
function known<T>(
	all: Map<string, Promise<T>>,
	key: string,
	make: () => Promise<T>,
): Promise<T> {
	const made = all.get(key) ?? make();
	all.set(key, made);
	return made;
}

function stopsIn(verb: Verb, calls: readonly Call[]): readonly Call[] {
	if (verb === "list")
		return calls.filter(({ line }) => line.includes('manifest.json"'));
	const from = calls.findIndex(
		({ line }) => line.includes('.lock.holder"') && line.includes("O_CREAT"),
	);
	const to = calls.findLastIndex(({ line }) => line.includes('.lock.holder"'));
	if (from < 0 || to <= from) throw new Error(`${verb} never took the lock`);
	return calls.slice(from + 1, to).filter(({ name }) => name !== "openat");
}
