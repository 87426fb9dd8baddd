import {
	type Journal,
	type JournalStep,
	stagedPath,
} from "../apply/journal.ts";
import { isDone, isStillThere } from "../apply/removal.ts";
import { refuseTakenAway } from "../apply/taken-away.ts";
import type { Agent } from "../home/agent.ts";
import { schemaOfCopy } from "../restore/database-source.ts";
import { Occupancy } from "../restore/occupancy.ts";
import { whyNotUnderOwner } from "../restore/schema.ts";
import { madeOtherwise } from "../restore/ways-in.ts";
import { judgeFailed } from "./judge-failed.ts";

/**
 * The journal with how each database gets in now: the agent may have been started since. Refused is what the restore would
 * have refused, see `waysIn`. Of paths that have been judged. Changes nothing.
 * @throws SnapshotError `busy-database`
 */
export async function besideHolders(
	agent: Agent,
	journal: Journal,
	hint: string,
): Promise<Journal> {
	const paths = journal.steps.map(({ path }) => path);
	const occupancy = new Occupancy(agent, paths);
	const giveWay = new Set<string>();
	const steps: JournalStep[] = [];
	for (const step of journal.steps) {
		if (isDone(agent, journal.steps, step)) {
			steps.push(step);
			continue;
		}
		refuseTakenAway(agent, occupancy, step, hint);
		if (step.do === "set-aside" && isStillThere(agent, journal.steps, step))
			giveWay.add(step.path);
		steps.push(step.do === "database" ? await withWay(step) : step);
	}
	return { ...journal, steps };

	async function withWay(step: Arrival): Promise<Arrival> {
		const { path } = step;
		const staged = stagedPath(agent.store, step.staged);
		if (agent.system.disk.stat(staged) === undefined) return step;
		// What cannot be read has been moved away by then, whatever its header says: see `waysIn`.
		if (giveWay.has(path)) return { ...step, how: "rename" };
		const how = occupancy.wayIn(path, staged, hint);
		if (how === "through" && occupancy.isHeld(path)) {
			const why = await whyMadeOtherwise(agent, journal, path, staged);
			if (why !== undefined)
				throw madeOtherwise(path, why, occupancy.whoHolds(path), hint);
		}
		return { ...step, how };
	}
}

type Arrival = Extract<JournalStep, { do: "database" }>;

/** By what its owner has open now, which is the new content where the restore died behind it. */
async function whyMadeOtherwise(
	agent: Agent,
	journal: Journal,
	path: string,
	staged: string,
): Promise<string | undefined> {
	const { system, home, patience } = agent;
	const live = `${home}/${path}`;
	// Empty until now: nobody relies on anything in it.
	if (system.disk.stat(live)?.size === 0) return undefined;
	try {
		const pin = await system.sqlite.pin(live, patience);
		try {
			const now = system.sqlite.schema(live);
			return whyNotUnderOwner(now, await schemaOfCopy(agent, staged));
		} finally {
			pin.release();
		}
	} catch (error) {
		judgeFailed(agent, journal, path, error);
		return undefined; // whoever locks it next is told that it is damaged
	}
}
