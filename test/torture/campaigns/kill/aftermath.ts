import fs from "node:fs";
import path from "node:path";
import { type HomeRecord, record } from "../../../support/oracle.ts";
import { storeOf } from "../../../support/store.ts";
import { type Ran, runSubject } from "../../run-subject.ts";
import {
	brokenSnapshots,
	everyCopyOf,
	litter,
	snapshotFolders,
} from "../../store-oracle.ts";
import type { Subject } from "../../subjects.ts";
import {
	type Allowed,
	acknowledgedIn,
	hasTableAnew,
	recordBesideWriter,
	stateOf,
} from "./home-oracle.ts";
import { MADE_ANEW, WRITTEN_ON } from "./little-home.ts";
import type { LiveWriter } from "./live-writer.ts";
import type { Scene } from "./scene.ts";

/** What is left when a command was harmed, and what a person would do next. */
export interface Aftermath {
	readonly subject: Subject;
	readonly scene: Scene;
	readonly home: string;
	/** What the harmed command itself said. */
	readonly ran: Ran;
	readonly writer: LiveWriter | undefined;
	/** Chooses among the ways to go on: the same for a point in every run. */
	readonly turn: number;
}

export function say(
	{ subject, home }: Aftermath,
	...words: string[]
): Promise<Ran> {
	return runSubject(subject, home, words);
}

/** Whether a restore waits to be finished, by what lies on the disk. */
export function isPending({ home }: Pick<Aftermath, "home">): boolean {
	return [".restore/journal.json", ".restore-suspended"].some((name) =>
		fs.existsSync(path.join(storeOf(home), name)),
	);
}

/** What the home may be when no restore is pending. A reply that says "done" is held to it. */
export function settledStates({ scene, ran }: Aftermath): Allowed {
	const { before, after } = scene;
	if (before === undefined) return { new: after };
	if (isAcknowledged(ran)) return { new: withTold(after, before, ran) };
	return { old: before, new: after };
}

/** What came since and could not be saved stays, if the reply names it. */
function withTold(
	after: HomeRecord,
	before: HomeRecord,
	{ reply }: Ran,
): HomeRecord {
	const told = (reply?.data.leftAlone ?? [])
		.filter(({ why }) => why.startsWith("came since, and could not be saved"))
		.map(({ path: named }) => named);
	const isTold = (file: string) =>
		told.some(
			(one) => `${file}/`.startsWith(`${one}/`) || one.startsWith(`${file}/`),
		);
	return new Map([...[...before].filter(([file]) => isTold(file)), ...after]);
}

/** An incomplete snapshot was made, too. */
export function isAcknowledged({ reply }: Ran): boolean {
	return reply?.ok === true || reply?.error?.code === "incomplete";
}

/**
 * Does what a person would do next, and checks that the home is then exactly old or new, every snapshot whole, nothing
 * left over, and nothing lost that the agent had written.
 */
export async function settleOurs(after: Aftermath): Promise<string[]> {
	const { writer, scene } = after;
	const faults: string[] = [];
	const wasPending = isPending(after);
	const listed = await say(after, "list");
	if (listed.reply?.data.recoveryPending !== wasPending)
		faults.push(
			`list says recoveryPending ${listed.reply?.data.recoveryPending}, the journal says ${wasPending}`,
		);
	if (!wasPending && writer === undefined)
		faults.push(...stateOf(after.home, settledStates(after)).faults);
	const allowed = wasPending
		? await recoverIn(after, faults)
		: settledStates(after);
	if (isPending(after)) faults.push("a restore is still pending at the end");
	if (writer !== undefined && !(await writer.more(2)))
		faults.push("the writer died");
	await writer?.end();
	const sweep = await say(after, "create", "sweep", "--force");
	if (!isAcknowledged(sweep)) faults.push(`the next create: ${textOf(sweep)}`);
	const look = scene.isLive ? recordBesideWriter : record;
	faults.push(
		...stateOf(after.home, allowed, look).faults,
		...brokenSnapshots(after.home),
		...litter(after.home),
		...lost(after),
	);
	return faults;
}

/** The next writing command finishes the restore by itself, or a person chooses a way. Returns what must come of it. */
async function recoverIn(after: Aftermath, faults: string[]): Promise<Allowed> {
	const { scene, turn } = after;
	const next = turn % 2 === 0 ? ["recover"] : nextCommand(after);
	const done = await say(after, ...next);
	if (!isPending(after)) {
		if (!isAcknowledged(done))
			faults.push(`${next.join(" ")}: ${textOf(done)}`);
		return { new: scene.after };
	}
	const mayBlock = scene.isLive || scene.hasWrittenOn;
	if (!mayBlock) faults.push(`${next.join(" ")} was blocked: ${textOf(done)}`);
	const asked = await say(after, "recover");
	if (asked.reply?.error?.code !== "recovery-blocked")
		faults.push(`recover does not say that it is blocked: ${textOf(asked)}`);
	const way = turn % 4 < 2 ? "finish" : "back";
	const told = await say(after, "recover", `--${way}`);
	if (!isAcknowledged(told)) faults.push(`recover --${way}: ${textOf(told)}`);
	return { [way]: scene.ways[way] };
}

/** A writing command that recovers by itself and does not move the home elsewhere. */
function nextCommand({ scene, turn }: Aftermath): string[] {
	if (scene.words[0] === "restore" && turn % 4 === 1) return [...scene.words];
	return ["create", "next"];
}

/** Snapshots that were there, commits that the writer reported, and what the agent wrote after a crash. */
function lost({ scene, home, writer, ran }: Aftermath): string[] {
	const present = snapshotFolders(home);
	const { snapshot, undo } = isAcknowledged(ran) ? (ran.reply?.data ?? {}) : {};
	const named = [snapshot?.id, undo].filter((id) => typeof id === "string");
	const faults = [...scene.kept, ...named]
		.filter((id) => !present.includes(id))
		.map((id) => `snapshot ${id} is gone`);
	const databases = everyCopyOf(home, "state.db");
	const rows = new Set(databases.flatMap(acknowledgedIn));
	if (scene.hasWrittenOn) {
		if (!rows.has(1000)) faults.push("the row written on is nowhere");
		const texts = everyCopyOf(home, "config.yaml").map((file) =>
			fs.readFileSync(file, "utf8"),
		);
		if (!texts.includes(WRITTEN_ON))
			faults.push("the config.yaml written on is nowhere");
	}
	if (scene.hasMadeAnew && !everyCopyOf(home, MADE_ANEW).some(hasTableAnew))
		faults.push(`the ${MADE_ANEW} made anew is nowhere`);
	if (writer === undefined) return faults;
	const reported = Array.from({ length: writer.last }, (_, index) => index + 1);
	const gone = reported.filter((seq) => !rows.has(seq));
	if (gone.length > 0)
		faults.push(`acknowledged commits that are nowhere: ${gone.join(", ")}`);
	if (!acknowledgedIn(path.join(home, "state.db")).includes(writer.last))
		faults.push("others do not see the writer's last commit");
	return faults;
}

/** The original recovers nothing: what a death leaves is what there is. */
export async function settleOriginal(after: Aftermath): Promise<string[]> {
	const { scene, home, ran } = after;
	const before = scene.before ?? scene.after;
	const done = { new: scene.after };
	const state = stateOf(home, ran.code === 0 ? done : { old: before, ...done });
	const broken = brokenSnapshots(home);
	await say(after, "create", "sweep");
	const present = snapshotFolders(home);
	return [
		...state.faults,
		...broken,
		...litter(home),
		...scene.kept
			.filter((id) => !present.includes(id))
			.map((id) => `snapshot ${id} is gone`),
	];
}

export function textOf({ code, reply, stdout, stderr }: Ran): string {
	return `exit ${code}: ${reply?.text ?? `${stdout}${stderr}`.slice(0, 2000)}`;
}
