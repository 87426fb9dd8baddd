import fs from "node:fs";
import path from "node:path";
import { storeOf } from "../../../support/store.ts";
import { type Ran, runSubject } from "../../run-subject.ts";
import { misbehaviour } from "../../sentences.ts";
import { brokenSnapshots, litter } from "../../store-oracle.ts";
import { amongEnds, endStateOf } from "./end-state.ts";
import { afterAll, homeIn } from "./many.ts";
import type { RaceScene, Verb } from "./scenes.ts";
import { wordsOf } from "./scenes.ts";
import { type Stopped, seenIn, stopAt } from "./stopped.ts";

export interface Pair {
	readonly scene: RaceScene;
	readonly first: Verb;
	readonly second: Verb;
}

const NEVER_HELD = ["was never held: its calls are others than in the trace"];

function wordsOfPair({ first, second }: Pair): string[][] {
	return [wordsOf(first, "one"), wordsOf(second, "two")];
}

/** The second begins as soon as the first has the lock. */
export async function raceAtLock(pair: Pair, dir: string): Promise<string[]> {
	const { scene } = pair;
	const { subject } = scene.setting;
	const home = await homeIn(scene, dir);
	const words = wordsOfPair(pair);
	const before = holderOf(home);
	const watching = new AbortController();
	const begun = runSubject(subject, home, words[0] ?? []);
	const locked = () => {
		const now = holderOf(home);
		return now !== "" && now !== before ? now : undefined;
	};
	await Promise.race([seenIn(storeOf(home), locked, watching.signal), begun]);
	watching.abort();
	const answers = await Promise.all([
		begun,
		runSubject(subject, home, words[1] ?? []),
	]);
	return afterAll(scene, home, words, answers);
}

/** The first is stopped at a place of its work, with the lock in its hands; then both go on. */
export async function raceStopped(
	pair: Pair,
	dir: string,
	place: number,
): Promise<string[]> {
	const { scene, first } = pair;
	const { subject } = scene.setting;
	const home = await homeIn(scene, dir);
	const words = wordsOfPair(pair);
	const stopped = await stopIn(pair, home, place);
	if (stopped === undefined) return NEVER_HELD;
	try {
		const faults = first === "list" ? [] : await whileHeld(pair, home, stopped);
		const begun = runSubject(subject, home, words[1] ?? []);
		// A reader holds nobody up: the other ends while it stands.
		if (first === "list") await begun;
		stopped.go();
		const answers = await Promise.all([stopped.answer, begun]);
		return [...faults, ...(await afterAll(scene, home, words, answers))];
	} finally {
		endIt(stopped);
	}
}

/** The first is killed while it holds the lock: the second gets it at once, and the end is with or without the first. */
export async function raceAfterKill(
	pair: Pair,
	dir: string,
	place: number,
): Promise<string[]> {
	const { scene } = pair;
	const { subject } = scene.setting;
	const home = await homeIn(scene, dir);
	const stopped = await stopIn(pair, home, place);
	if (stopped === undefined) return NEVER_HELD;
	stopped.kill();
	await stopped.answer;
	const words = wordsOfPair(pair);
	const impatient = [...(words[1] ?? []).slice(0, -1), "0"];
	const answer = await runSubject(subject, home, impatient);
	const end = endStateOf(home, [null, answer.code]);
	const alone = await scene.inOrder([words[1] ?? []], [0]);
	const both = await scene.inOrder(words, [0, 1]);
	const ends = [
		{ ...alone, exits: [null, ...alone.exits] },
		{ ...both, exits: [null, both.exits[1] ?? null] },
	];
	const faults = [
		...misbehaviour(subject, answer),
		...amongEnds(ends, end),
		...brokenSnapshots(home),
	];
	const tidy = await runSubject(subject, home, [
		"create",
		"--force",
		"tidy",
		"--wait",
		"0",
	]);
	return [
		...faults,
		...(tidy.code === 0
			? []
			: [`nothing can be created after it: ${tidy.stdout}`]),
		...litter(home),
	];
}

/** A reader answers, and a writer that does not wait says who is at work. */
async function whileHeld(
	{ scene, first }: Pair,
	home: string,
	{ pid }: Stopped,
): Promise<string[]> {
	const { subject } = scene.setting;
	const list = await runSubject(subject, home, ["list"]);
	const refused = await runSubject(subject, home, ["create", "--wait", "0"]);
	// An undo is the restore of an undo snapshot.
	const holder = `${first === "undo" ? "restore" : first}, process ${pid}`;
	return [
		...misbehaviour(subject, list),
		...misbehaviour(subject, refused),
		...(list.code === 0
			? []
			: [`list did not answer beside it: ${list.stdout}`]),
		...(refused.code === 11
			? []
			: [`a second writer ended with ${refused.code}: ${refused.stdout}`]),
		...namesHolder(refused, holder),
	];
}

function namesHolder({ reply }: Ran, holder: string): string[] {
	const message = reply?.error?.message ?? "";
	return message.includes(holder)
		? []
		: [`the sentence does not name ${holder}: ${message}`];
}

async function stopIn(
	{ scene, first }: Pair,
	home: string,
	place: number,
): Promise<Stopped | undefined> {
	const stops = await scene.stops(first);
	const call = stops[Math.floor(place * stops.length)];
	if (call === undefined)
		throw new Error(`${first} has no place to be held at`);
	return stopAt(scene.setting.subject, home, wordsOf(first, "one"), call);
}

function holderOf(home: string): string {
	try {
		return fs.readFileSync(path.join(storeOf(home), ".lock.holder"), "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
		return "";
	}
}

/** Nothing of ours may stand stopped for ever. */
function endIt(stopped: Stopped): void {
	try {
		stopped.kill();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}
