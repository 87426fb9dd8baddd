import { errorCode, SnapshotError, Uncertain } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { syncDirectory } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { whyFailed } from "../reasons.ts";
import { hintFor, progressText } from "../recover/half-way.ts";
import type { RestoreRequest } from "../restore/restore.ts";
import type { Ready } from "../restore/restore-prepare.ts";
import type { Staging } from "../restore/staging.ts";
import type { PruneOutcome } from "../retention/prune.ts";
import { applyJournal } from "./apply.ts";
import { type Journal, type JournalStep, writeJournal } from "./journal.ts";
import type { MovedAside } from "./moved-aside.ts";
import { freeQuarantine } from "./quarantine.ts";
import { noteUndo, pruneBehind, sealUndo } from "./undo-snapshot.ts";

export interface Committed {
	/** The undo snapshot's id. */
	readonly undo: string | undefined;
	readonly pruned: PruneOutcome | { readonly problem: string } | undefined;
	readonly movedAside: readonly MovedAside[];
}

/** Writes the journal and does what it says. */
export async function commit(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	ready: Ready,
	staging: Staging,
): Promise<Committed> {
	const { system, store } = agent;
	const paths = [...new Set(ready.steps.map(({ path }) => path))];
	const undone = request.undo
		? sealUndo(agent, ready, { snapshot: manifest.id, paths })
		: undefined;
	const undo = undone?.id;
	if (undo === undefined) system.disk.removeTree(`${store.restoring}/undo`);
	syncDirectory(system.disk, store.restoring);
	syncDirectory(system.disk, store.directory);
	const journal = {
		snapshot: manifest.id,
		undo,
		startedAt: system.clock.now().toISOString(),
		quarantine: freeQuarantine(agent),
		...(agent.outside && { outside: agent.outside }),
		steps: [...ready.steps],
	};
	const movedAside = await carryOut(agent, journal, staging);
	if (undone !== undefined) noteUndo(agent, undone, ready);
	const inUse = [manifest.id, undo, ...(request.inUse ?? [])];
	const pruned = pruneBehind(agent, ready.present, inUse);
	return { undo, pruned, movedAside };
}

/** The journal is the commit point. @throws what was wrong, if nothing in the home has changed; else SnapshotError `failed` */
async function carryOut(
	agent: Agent,
	journal: Omit<Journal, "formatVersion">,
	staging: Staging,
): Promise<MovedAside[]> {
	let changed = false;
	const done = new Set<JournalStep>();
	const watched = watching(agent, () => {
		changed = true;
	});
	try {
		writeJournal(agent.system.disk, agent.store, journal);
		return await applyJournal(
			watched,
			{ formatVersion: 1, ...journal },
			{
				replace: async (path) => {
					const replaced = await staging.replace(path);
					changed ||= replaced !== "not-locked";
					return replaced;
				},
			},
			(step) => done.add(step),
		);
	} catch (error) {
		const isUnchanged = !changed && !(error instanceof Uncertain);
		if (isUnchanged && isTakenBack(agent)) throw error;
		throw new SnapshotError(
			"failed",
			`The restore was stopped half-way: ${whyFailed(error)}. ${progressText(journal.steps, done)}`,
			{ hint: hintFor(error, journal.undo), cause: error },
		);
	}
}

/** Without its journal the restore has never been. False: it cannot be removed. */
function isTakenBack({ system: { disk }, store }: Agent): boolean {
	try {
		if (disk.stat(store.journal) !== undefined) disk.unlink(store.journal);
		return true;
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return false;
	}
}

/** The same agent on a disk that tells of every change it made. */
function watching(agent: Agent, tell: () => void): Agent {
	const { disk } = agent.system;
	const told =
		<Args extends unknown[]>(change: (...args: Args) => void) =>
		(...args: Args) => {
			change(...args);
			tell();
		};
	const watched: Disk = {
		...disk,
		rename: told(disk.rename),
		hardLink: told(disk.hardLink),
		link: told(disk.link),
		unlink: told(disk.unlink),
		removeDirectory: told(disk.removeDirectory),
		makeDirectory: told(disk.makeDirectory),
		setMode: told(disk.setMode),
		setTime: told(disk.setTime),
	};
	return { ...agent, system: { ...agent.system, disk: watched } };
}
