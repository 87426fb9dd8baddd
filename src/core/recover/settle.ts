import { afterDoing, SnapshotError } from "../../errors.ts";
import { dropSuspended, publishUndo } from "../apply/apply.ts";
import { makeWay } from "../apply/giving-way.ts";
import { type Journal, readJournal } from "../apply/journal.ts";
import { removeLeftLogs } from "../apply/left-logs.ts";
import { keepAllOld } from "../apply/move-in.ts";
import { type MovedAside, movedAside } from "../apply/moved-aside.ts";
import { putBackRemoved } from "../apply/remove-database.ts";
import { createLocked } from "../create/create.ts";
import { isCopy } from "../create/unchanged.ts";
import { syncDirectory } from "../files/durable.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import type { Manifest, Missed } from "../manifest/manifest.ts";
import { waitingInstead } from "../restore/next-start.ts";
import { linkAbove } from "../restore/obstacles.ts";
import {
	type RestoreOutcome,
	type RestoreRequest,
	restoreLocked,
} from "../restore/restore.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { few } from "./half-way.ts";
import { agentFor, agentIfThere } from "./journal-agent.ts";
import { resume } from "./recover.ts";

type Direction = "finish" | "back";

export interface Settled {
	/** The snapshot whose restore had been interrupted. */
	readonly restored: string;
	/** The present as it was found, in which nothing that came after the crash is lost. */
	readonly present: SnapshotInfo;
	/** What is not in it. */
	readonly missed: readonly Missed[];
	/** Of the way out. */
	readonly outcome: RestoreOutcome;
	/** By the interrupted restore, and by the way out of it. */
	readonly movedAside: readonly MovedAside[];
	/** The snapshot whose restore waited for the next start, and does not any more. */
	readonly forgotten: string | undefined;
}

/**
 * Ends an interrupted restore after which the agent has written on: `finish` goes on with it, `back` returns to what
 * was there before it. The present becomes a snapshot first, either way.
 */
export function settle(own: Agent, direction: Direction): Promise<Settled> {
	return withLock(own, `recover --${direction}`, async () => {
		resume(own);
		const journal = readJournal(own.system.disk, own.store);
		if (journal === undefined)
			throw new SnapshotError(
				"not-found",
				"No restore was interrupted. Nothing was changed.",
			);
		if (direction === "back" && journal.undo === undefined)
			throw new SnapshotError(
				"not-found",
				"That restore was made without an undo snapshot, so there is no way back. Nothing was changed.",
				{ hint: "Go on with it: `recover --finish`." },
			);
		// Who goes back can do without what lay beside the home.
		const agent =
			direction === "back"
				? (agentIfThere(own, journal) ?? own)
				: agentFor(own, journal);
		const forgotten = waitingInstead(
			agent.system.disk,
			agent.store,
			journal.snapshot,
		);
		const request = {
			label: labelOf(direction),
			reason: "manual",
			force: false,
			ignoreReserve: true,
			isExact: true,
			// When a refused way out is tried again, the snapshot that it made is still the present.
			isEnough: (before: Manifest, now: Manifest) =>
				LABELS.includes(before.label ?? "") && isCopy(before, now),
		};
		putBackRemoved(agent, journal);
		keepAllOld(agent, journal);
		removeLostLogs(agent, journal);
		const settings = settingsOrDefaults(agent);
		const made = await createLocked(own, request, settings);
		const { snapshot: present, missed } = made;
		const outcome = await afterDoing(keptText(present, missed), () => {
			const moved = makeWay(agent, journal, direction);
			return afterDoing(movedText(moved), () => {
				publishUndo(agent, journal);
				return behind(own, () =>
					restoreLocked(agent, wayOut(journal, direction, present.id)),
				);
			});
		});
		tidyDatabases(agent, journal);
		return {
			restored: journal.snapshot,
			present,
			missed,
			outcome,
			movedAside: [...movedAside(agent, journal), ...outcome.movedAside],
			forgotten,
		};
	});
}

function keptText({ id }: SnapshotInfo, missed: readonly Missed[]): string {
	const lost = missed.filter((one) => one.lost).map(({ path }) => path);
	const lacks = lost.length === 0 ? "" : `, which lacks ${few(lost)}`;
	return `What is there now was kept as snapshot ${id}${lacks}.`;
}

function movedText(paths: readonly string[]): string | undefined {
	if (paths.length === 0) return undefined;
	return `${few(paths)} ${paths.length === 1 ? "is" : "are"} in state-snapshots/quarantine now.`;
}

function labelOf(direction: Direction): string {
	return `before recover --${direction}`;
}

const LABELS: readonly string[] = [labelOf("finish"), labelOf("back")];

/** It may have died between a database that it removed and its log, which no plan would speak of. */
function removeLostLogs(agent: Agent, journal: Journal): void {
	for (const step of journal.steps)
		if (step.do === "remove" && step.was.kind === "database")
			removeLeftLogs(agent, journal, step.path, step.seen);
}

/** The interrupted restore may have died while it wrote to one that the way out had no need to touch. */
function tidyDatabases({ system, home }: Agent, { steps }: Journal): void {
	for (const step of steps) {
		const live = `${home}/${step.path}`;
		// SQLite would go through a link, and take in the log of a database that is not of the home.
		if (linkAbove(system.disk, home, step.path) !== undefined) continue;
		if (step.do === "database" && system.disk.stat(live)?.kind === "file")
			system.sqlite.tidy(live);
	}
}

/**
 * Both ways out are restores of their own: of the same snapshot once more, because the agent may have written over
 * what was already put back, or of the undo snapshot. Only what the interrupted one was to touch is touched.
 */
function wayOut(
	{ snapshot, undo, steps }: Journal,
	direction: Direction,
	present: string,
): RestoreRequest {
	const common = {
		dryRun: false,
		include: [],
		select: [],
		undo: true,
		// A disk that is nearly full must not keep a home half restored.
		ignoreReserve: true,
		typed: `recover --${direction}`,
		// Who goes back may want to try again, and who finished to go back.
		inUse: [snapshot, present, ...(undo === undefined ? [] : [undo])],
	};
	if (direction === "back" && undo !== undefined)
		return { target: { undo }, ...common };
	const paths = steps.map(({ path }) => path);
	const written = new Set(
		steps.filter((step) => step.do !== "remove").map(({ path }) => path),
	);
	const absent = paths.filter((path) => !written.has(path));
	return { target: { ref: snapshot }, only: { paths, absent }, ...common };
}

/** Until the way out has a journal of its own, a crash must find the old one again: see `resume`. */
async function behind<T>(agent: Agent, work: () => Promise<T>): Promise<T> {
	const { store } = agent;
	const { disk } = agent.system;
	disk.rename(store.restoring, store.suspended);
	syncDirectory(disk, store.directory);
	try {
		const result = await work();
		dropSuspended(agent); // still there when there was nothing to do
		return result;
	} catch (error) {
		if (disk.stat(store.suspended) !== undefined) resume(agent);
		throw error;
	}
}
