import { SnapshotError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { applyJournal, dropSuspended, publishUndo } from "./apply.ts";
import { hashDatabase, hashFile, syncDirectory } from "./durable.ts";
import {
	isSameFile,
	type Journal,
	type JournalStep,
	readJournal,
	stagedPath,
} from "./journal.ts";
import { withLock } from "./lock.ts";
import type { Entry } from "./manifest.ts";
import { Occupancy } from "./occupancy.ts";
import { checkPatience } from "./patience.ts";
import { databaseSignature } from "./scan.ts";

export interface Recovered {
	/** The restore that was finished; undefined when none was pending. */
	readonly snapshot: string | undefined;
}

/** Finishes an interrupted restore. @throws SnapshotError `recovery-blocked` when the agent has written on since */
export async function recover(agent: Agent): Promise<Recovered> {
	const { system, store } = agent;
	if (system.disk.stat(store.directory) === undefined)
		return { snapshot: undefined };
	return withLock(agent, "recover", () => recoverLocked(agent));
}

/** As `recover`, with the lock held. */
export async function recoverLocked(agent: Agent): Promise<Recovered> {
	const { system, store } = agent;
	resume(agent);
	const journal = readJournal(system.disk, store);
	if (journal === undefined) {
		// It never reached its commit point: as if it had not been.
		system.disk.removeTree(store.restoring);
		return { snapshot: undefined };
	}
	const changed = await changedSince(agent, journal);
	if (changed.length > 0) {
		publishUndo(agent, journal);
		throw blocked(journal, changed);
	}
	await applyJournal(agent, besideHolders(agent, journal));
	return { snapshot: journal.snapshot };
}

/** A way back that died before its own journal was written has never been, and the restore behind it waits again. */
export function resume(agent: Agent): void {
	const { store } = agent;
	const { disk } = agent.system;
	if (disk.stat(store.suspended) === undefined) return;
	if (disk.stat(store.journal) !== undefined) {
		dropSuspended(agent);
		return;
	}
	disk.removeTree(store.restoring);
	disk.rename(store.suspended, store.restoring);
	syncDirectory(disk, store.directory);
}

/** The paths that are neither in their old nor in their new form any more: the agent has written on. */
async function changedSince(
	agent: Agent,
	{ steps }: Journal,
): Promise<string[]> {
	const changed: string[] = [];
	const going = new Set<string>();
	for (const step of steps) {
		const judgement = await judge(agent, step);
		if (
			judgement === "pending" &&
			(step.do === "remove" || step.do === "set-aside")
		)
			going.add(step.path);
		// What stands where an earlier step has still to remove something is that something.
		if (judgement === "foreign" && !going.has(step.path))
			changed.push(step.path);
	}
	return changed;
}

/** The agent may have been started since: what it has open now goes in through SQLite. */
function besideHolders(agent: Agent, journal: Journal): Journal {
	const paths = journal.steps.map(({ path }) => path);
	const occupancy = new Occupancy(agent, paths);
	const steps = journal.steps.map((step) => {
		if (step.do === "remove" && step.was.kind === "database")
			occupancy.refuseHeld(step.path, "It has to be removed");
		if (step.do !== "database") return step;
		const staged = stagedPath(agent.store, step.staged);
		if (agent.system.disk.stat(staged) === undefined) return step;
		return { ...step, how: occupancy.wayIn(step.path, staged) };
	});
	return { ...journal, steps };
}

/** For commands that can go on beside a blocked recovery. False: it is blocked. */
export async function recoverIfClear(agent: Agent): Promise<boolean> {
	try {
		await recoverLocked(agent);
		return true;
	} catch (error) {
		if (error instanceof SnapshotError && error.code === "recovery-blocked")
			return false;
		throw error;
	}
}

function blocked(
	{ snapshot, undo, startedAt }: Journal,
	changed: readonly string[],
): SnapshotError {
	const names = `${changed.slice(0, 3).join(", ")}${changed.length > 3 ? ` and ${changed.length - 3} more` : ""}`;
	return new SnapshotError(
		"recovery-blocked",
		`A restore of ${snapshot} was interrupted (it began ${startedAt}), and since then these have changed: ${names}. Nothing was changed now.`,
		{
			hint: [
				...(undo === undefined ? [] : [`What was there before is in ${undo}.`]),
				`Go on with the restore: \`recover --finish\`.`,
				...(undo === undefined ? [] : ["Or go back: `recover --back`."]),
				"The present is kept as a snapshot either way.",
			].join(" "),
		},
	);
}

type Judgement = "pending" | "done" | "foreign";

/** Whether what is there now is the old or the new form of it, or something that came after the crash. */
async function judge(agent: Agent, step: JournalStep): Promise<Judgement> {
	const { disk } = agent.system;
	const now = disk.stat(`${agent.home}/${step.path}`);
	switch (step.do) {
		case "make-directory":
		case "set-mode":
			return "pending";
		case "set-aside":
			return isSameFile(now, step) ? "pending" : "done";
		case "remove":
			if (!isSameFile(now, step)) return "done"; // what stands there now is judged by the step that put it there
			return step.was.kind === "directory" || (await isStill(agent, step.was))
				? "pending"
				: "foreign";
		case "link":
			if (now === undefined) return "pending";
			if (
				await isStill(agent, {
					kind: "link",
					path: step.path,
					target: step.target,
				})
			)
				return "done";
			break;
		case "database":
			if (now === undefined || isUntouched(agent, step)) return "pending";
			if (await isStill(agent, step.entry)) return "done";
			break;
		case "write":
			if (now === undefined) return "pending";
			if (await isStill(agent, step.entry)) return "done";
	}
	// A staged file that is gone was moved in, and then changed.
	const waiting = disk.stat(stagedPath(agent.store, step.staged)) !== undefined;
	return waiting &&
		(step.was === undefined ? false : await isStill(agent, step.was))
		? "pending"
		: "foreign";
}

/** As the journal found it, or with its sidecars removed and the new file not yet moved in. */
function isUntouched(
	{ system: { disk }, store, home }: Agent,
	step: Extract<JournalStep, { do: "database" }>,
): boolean {
	const live = `${home}/${step.path}`;
	const now = databaseSignature(disk, live);
	if (now === step.signature) return true;
	const waiting = disk.stat(stagedPath(store, step.staged)) !== undefined;
	const [main] = step.signature.split(" ");
	return waiting && step.how === "rename" && now === `${main} - -`;
}

async function isStill(agent: Agent, was: Entry): Promise<boolean> {
	const { system, home, patience } = agent;
	const path = `${home}/${was.path}`;
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const found = system.disk.stat(path);
	switch (was.kind) {
		case "directory":
			return found?.kind === "directory";
		case "link":
			return (
				found?.kind === "link" && system.disk.readLink(path) === was.target
			);
		case "file":
			return (
				found?.kind === "file" &&
				found.size === was.size &&
				hashFile(system.disk, path, pause).sha256 === was.sha256
			);
		case "database":
			return (
				found?.kind === "file" && (await contentOf(agent, path)) === was.content
			);
	}
}

/** What the live database says now, its log included. */
async function contentOf(
	{ system, store, patience }: Agent,
	path: string,
): Promise<string> {
	const probe = `${store.restoring}/probe.db`;
	if (system.disk.stat(probe) !== undefined) system.disk.unlink(probe);
	const pinned = await system.sqlite.pin(path, patience);
	try {
		await pinned.copyTo(probe, patience);
	} finally {
		pinned.release();
	}
	system.sqlite.makePlain(probe);
	return hashDatabase(system.disk, probe, () => {}).content;
}
