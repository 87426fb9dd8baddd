import type { JournalStep } from "../apply/journal.ts";
import { mayBeOpen } from "../apply/taken-away.ts";
import type { Captured } from "../capture/capture.ts";
import { movedSince } from "../capture/moved-since.ts";
import { databaseSignature } from "../capture/signatures.ts";
import type { Agent } from "../home/agent.ts";
import { isStillBehind } from "../home/behind-links.ts";
import { familyOf } from "../home/paths.ts";
import { linkAbove } from "./obstacles.ts";
import { Occupancy } from "./occupancy.ts";

/** Only of what the restore touches: the rest may move as it likes. */
export function movedMeanwhile(
	agent: Agent,
	steps: readonly JournalStep[],
	present: Captured,
): boolean {
	const { home } = agent;
	const { disk } = agent.system;
	const touched = new Set(steps.flatMap(({ path }) => familyOf(path)));
	const isTouched = (path: string) => touched.has(path);
	const databases = [...present.signatures].filter(([path]) =>
		touched.has(path),
	);
	return (
		movedSince(disk, home, present.scan, isTouched).length > 0 ||
		[...touched].some((path) => isLinkedMeanwhile(agent, path, touched)) ||
		databases.some(
			([path, seen]) => databaseSignature(disk, `${home}/${path}`) !== seen,
		) ||
		steps.some((step) => !isStillBehind(agent, steps, step)) ||
		isOpenedMeanwhile(agent, steps)
	);
}

/** A directory above it is a link now, which no step takes away. */
function isLinkedMeanwhile(
	{ system: { disk }, home }: Agent,
	path: string,
	touched: ReadonlySet<string>,
): boolean {
	const link = linkAbove(disk, home, path);
	return link !== undefined && !touched.has(link);
}

/** Nobody had these open a moment ago, which is why a file may be renamed over them. */
function isOpenedMeanwhile(
	agent: Agent,
	steps: readonly JournalStep[],
): boolean {
	const paths = steps
		.filter((step) =>
			step.do === "database"
				? step.how === "rename"
				: step.do === "set-aside" ||
					("was" in step && step.was && mayBeOpen(agent, step.was)),
		)
		.map(({ path }) => path);
	const occupancy = new Occupancy(agent, paths);
	return paths.some((path) => (occupancy.holdersOf(path) ?? []).length > 0);
}
