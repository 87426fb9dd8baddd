import { afterDoing, SnapshotError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { dropSuspended, publishUndo } from "./apply.ts";
import { removeSidecars } from "./apply-database.ts";
import { createLocked } from "./create.ts";
import { syncDirectory } from "./durable.ts";
import { type Journal, readJournal } from "./journal.ts";
import type { SnapshotInfo } from "./listing.ts";
import { withLock } from "./lock.ts";
import { resume } from "./recover.ts";
import {
	type RestoreOutcome,
	type RestoreRequest,
	restoreLocked,
} from "./restore.ts";

export interface Settled {
	/** The snapshot whose restore had been interrupted. */
	readonly restored: string;
	/** The present as it was found, in which nothing that came after the crash is lost. */
	readonly present: SnapshotInfo;
	/** Of the way out. */
	readonly outcome: RestoreOutcome;
}

/**
 * Ends an interrupted restore after which the agent has written on: `finish` goes on with it, `back` returns to what
 * was there before it. The present becomes a snapshot first, either way.
 */
export function settle(
	agent: Agent,
	direction: "finish" | "back",
): Promise<Settled> {
	return withLock(agent, `recover --${direction}`, async () => {
		resume(agent);
		const journal = readJournal(agent.system.disk, agent.store);
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
		const label = `before recover --${direction}`;
		const request = {
			label,
			reason: "manual",
			// When a refused way out is tried again, the snapshot that it made is still the present.
			force: false,
			ignoreReserve: true,
		};
		const { snapshot: present } = await createLocked(agent, request);
		const kept = `What is there now was kept as snapshot ${present.id}.`;
		const outcome = await afterDoing(kept, async () => {
			publishUndo(agent, journal);
			return behind(agent, () =>
				restoreLocked(agent, wayOut(journal, direction)),
			);
		});
		tidyDatabases(agent, journal);
		return { restored: journal.snapshot, present, outcome };
	});
}

/** The interrupted restore may have died while it wrote to one, or took one away, that the way out had no need to touch. */
function tidyDatabases({ system, home }: Agent, { steps }: Journal): void {
	for (const step of steps) {
		const live = `${home}/${step.path}`;
		if (step.do === "database" && system.disk.stat(live)?.kind === "file")
			system.sqlite.tidy(live);
		if (
			step.do === "remove" &&
			step.was.kind === "database" &&
			system.disk.stat(live) === undefined
		)
			removeSidecars(system.disk, live);
	}
}

/**
 * Both ways out are restores of their own: of the same snapshot once more, because the agent may have written over
 * what was already put back, or of the undo snapshot. Only what the interrupted one was to touch is touched.
 */
function wayOut(
	{ snapshot, undo, steps }: Journal,
	direction: "finish" | "back",
): RestoreRequest {
	const common = {
		dryRun: false,
		include: [],
		select: [],
		undo: true,
		// A disk that is nearly full must not keep a home half restored.
		ignoreReserve: true,
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
