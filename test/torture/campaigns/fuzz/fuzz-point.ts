import fs from "node:fs";
import path from "node:path";
import { inCriticalSet } from "../../../support/critical-set.ts";
import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { storeOf } from "../../../support/store.ts";
import { copyHome } from "../../copy-home.ts";
import { interruptRestore } from "../../interrupt-restore.ts";
import { type Ran, runSubject } from "../../run-subject.ts";
import { misbehaviour, saysWhatChanged } from "../../sentences.ts";
import { brokenSnapshots } from "../../store-oracle.ts";
import type { Subject } from "../../subjects.ts";

export type Target = "manifest" | "journal" | "config";

export interface FuzzScene {
	readonly subject: Subject;
	/** A folder with `home` and `canary`. */
	readonly calm: string;
	/** What a restore leaves that is interrupted there at `midway`, a few steps after its commit. */
	readonly journal: string;
	readonly midway: number;
	readonly older: string;
	readonly newer: string;
}

/** Puts the text where it belongs and tries the commands that read it. */
export async function tryMalformed(
	scene: FuzzScene,
	target: Target,
	text: string,
	dir: string,
	withOther: boolean,
	plant: (home: string) => void = () => {},
): Promise<string[]> {
	const home = await placeIn(scene, target, dir);
	plant(home);
	const file = fileOf(home, target, scene.newer);
	fs.writeFileSync(
		file,
		target === "journal" ? ofThisHome(scene, file, text) : text,
	);
	const faults: string[] = [];
	for (const words of commandsFor(target, scene))
		faults.push(...(await tryCommand(scene, home, words)));
	if (withOther && target !== "journal")
		faults.push(...(await expectOtherUsable(scene, home)));
	return faults;
}

export async function placeIn(
	{ subject, calm, midway, newer }: FuzzScene,
	target: Target,
	dir: string,
): Promise<string> {
	const root = path.join(dir, "root");
	copyHome(calm, root);
	const home = path.join(root, "home");
	if (target === "journal")
		await interruptRestore(subject, home, newer, midway);
	return home;
}

/** A journal knows inodes and times of its home: those of the first home give way to those of this one. */
function ofThisHome(
	{ journal }: FuzzScene,
	file: string,
	text: string,
): string {
	const marks = (all: string) =>
		[
			...all.matchAll(
				/"(inode|seen|signature|startedAt|quarantine)": ?("[^"]*")/g,
			),
		].map(([, , value = ""]) => value);
	const now = marks(fs.readFileSync(file, "utf8"));
	return marks(journal).reduce(
		(changed, was, index) => changed.replaceAll(was, now[index] ?? was),
		text,
	);
}

export function fileOf(home: string, target: Target, id: string): string {
	const store = storeOf(home);
	if (target === "config") return path.join(store, "config.json");
	if (target === "journal") return path.join(store, ".restore/journal.json");
	return path.join(store, id, "manifest.json");
}

/** The restore of a snapshot must not hang on a bad setting, and a list on nothing at all. */
export function commandsFor(
	target: Target,
	{ newer }: Pick<FuzzScene, "newer">,
): string[][] {
	if (target === "manifest")
		return [
			["list"],
			["restore", newer, "--dry-run"],
			["restore", newer],
			["create", "after"],
		];
	if (target === "journal") return [["list"], ["recover"], ["create", "after"]];
	return [["list"], ["create", "after"], ["prune", "--dry-run"]];
}

/** No bug, no stack; nothing outside the home touched; what is refused has changed nothing. */
async function tryCommand(
	{ subject }: FuzzScene,
	home: string,
	words: readonly string[],
): Promise<string[]> {
	const [before, beside] = [record(home), besideOf(home)];
	const answer = await runSubject(subject, home, words);
	return [
		...misbehaviour(subject, answer),
		...wrongAnswer(words, answer),
		...difference(beside, besideOf(home)).map(
			(line) => `outside the home: ${line}`,
		),
		...changesOf(words, answer, before, record(home)),
	].map((fault) => `${words[0]}: ${fault}`);
}

export function wrongAnswer(
	words: readonly string[],
	{ code, reply }: Ran,
): string[] {
	if (words[0] === "list")
		return code === 0 && reply?.data.snapshots !== undefined
			? []
			: [`did not answer: ${reply?.text}`];
	if (code === 0 || code === 3) return [];
	return saysWhatChanged(reply?.error?.message ?? "")
		? []
		: [`does not say what changed: ${reply?.text}`];
}

/** The folder that holds the home, without the home: the canary, and whatever should not have come. */
function besideOf(home: string): HomeRecord {
	const root = path.dirname(home);
	const names = fs.readdirSync(root).filter((name) => name !== "home");
	const facts = names.flatMap((name) =>
		[...record(path.join(root, name))].map(
			([file, fact]) => [`${name}/${file}`, fact] as const,
		),
	);
	return new Map(facts);
}

function changesOf(
	words: readonly string[],
	{ code }: Ran,
	before: HomeRecord,
	after: HomeRecord,
): string[] {
	const all = difference(before, after);
	const mayChange =
		code === 0 &&
		["restore", "recover", "create"].includes(words[0] ?? "") &&
		!words.includes("--dry-run");
	// A create finishes an interrupted restore first.
	const wrong = mayChange
		? all.filter((line) => !mayBeTouched(line, before))
		: all;
	return wrong.map(
		(line) => `${code === 0 ? "" : "refused, but "}changed: ${line}`,
	);
}

/** Within what was looked for, or a folder on the way to it. */
function mayBeTouched(line: string, before: HomeRecord): boolean {
	const file = line.split(": ")[0] ?? "";
	const isOnTheWay = [...before.keys()].some(
		(other) => other.startsWith(`${file}/`) && inCriticalSet(other),
	);
	return inCriticalSet(file) || isOnTheWay || file === ".";
}

/** Whatever became of one snapshot, another one is listed, whole, and goes back. */
async function expectOtherUsable(
	{ subject, older, newer }: FuzzScene,
	home: string,
): Promise<string[]> {
	fs.rmSync(path.join(home, "platforms"), { force: true, recursive: true });
	const answer = await runSubject(subject, home, ["restore", older]);
	const restored = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
	return [
		...misbehaviour(subject, answer),
		...(answer.code === 0
			? []
			: [`the other one cannot be restored: ${answer.stdout}`]),
		...(/between|since/.test(restored)
			? ["the other one was not restored"]
			: []),
		...brokenSnapshots(home, newer),
	];
}
