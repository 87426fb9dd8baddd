import { isUnmoved, movedParts } from "../capture/signatures.ts";
import type { Agent } from "../home/agent.ts";
import { SIDECARS } from "../home/paths.ts";
import { Occupancy } from "../restore/occupancy.ts";
import type { Journal, JournalStep } from "./journal.ts";
import { cameMeanwhile, moveWhereNothingIs } from "./late-comers.ts";
import { leaveQuarantine, setAside } from "./quarantine.ts";

/**
 * What could not be captured goes to the quarantine, and nothing else does: what an agent has made in its place since is in
 * no snapshot, and stops the restore. It is looked at once more where nobody can open it, and put back if it came in
 * between. Can be done again after a crash.
 */
export function setAsideMissed(
	agent: Agent,
	journal: Journal,
	{ path, seen }: Extract<JournalStep, { do: "set-aside" }>,
): void {
	const { disk } = agent.system;
	const holders = new Occupancy(agent, [path]).holdersOf(path) ?? [];
	if (
		seen === undefined ||
		holders.length > 0 ||
		!isUnmoved(disk, `${agent.home}/${path}`, seen)
	)
		throw cameMeanwhile(path);
	const aside = setAside(agent, journal, path, seen.includes(" "));
	const late = lateIn(agent, aside, seen);
	if (late.length === 0) return;
	for (const suffix of late)
		moveWhereNothingIs(agent, `${aside}${suffix}`, `${path}${suffix}`);
	leaveQuarantine(agent, aside);
	throw cameMeanwhile(path);
}

/** The suffixes of what has to go back, the file itself first: all of it if somebody has opened it. */
function lateIn(
	{ system: { disk, processes } }: Agent,
	aside: string,
	seen: string,
): string[] {
	const holders = processes.holders([aside])?.get(aside) ?? [];
	if (holders.length === 0) return movedParts(disk, aside, seen);
	return ["", ...SIDECARS].filter(
		(suffix) => disk.stat(`${aside}${suffix}`) !== undefined,
	);
}
