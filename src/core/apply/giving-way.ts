import type { Agent } from "../home/agent.ts";
import { ancestorsOf } from "../home/paths.ts";
import { linkAbove } from "../restore/obstacles.ts";
import type { Journal, JournalStep } from "./journal.ts";
import { setAside } from "./quarantine.ts";
import { arrivalAt } from "./removal.ts";
import { strangerIn } from "./strangers.ts";

type Steps = readonly JournalStep[];

/** A file or link comes in the place of it, or of a directory above it: it cannot stay for what somebody put into it. */
export function hasToGiveWay(steps: Steps, directory: string): boolean {
	return [directory, ...ancestorsOf(directory)].some((path) => {
		const arriving = arrivalAt(steps, path);
		return arriving !== undefined && "staged" in arriving;
	});
}

/** What nobody captured may stay in one that is only to go; but nothing can come in the place of that. */
export function isFilled(
	agent: Agent,
	steps: Steps,
	directory: string,
): boolean {
	return (
		hasToGiveWay(steps, directory) &&
		strangerIn(agent, steps, directory) !== undefined
	);
}

/**
 * A way out cannot plan for what stands in such a directory: some of it may be nothing that is ever captured. So the
 * directory goes to the quarantine as it is. Dying behind this leaves the choice as it was, or the restore to be finished.
 * @returns what was moved
 */
export function makeWay(
	agent: Agent,
	journal: Journal,
	direction: "finish" | "back",
): string[] {
	const { disk } = agent.system;
	const isInTheWay = (path: string) =>
		linkAbove(disk, agent.home, path) === undefined &&
		isForAnother(journal.steps, path, direction) &&
		strangerIn(agent, journal.steps, path) !== undefined;
	const paths = [...new Set(journal.steps.map(({ path }) => path))];
	const moved = paths.filter(isInTheWay);
	for (const path of moved) setAside(agent, journal, path, false);
	return moved;
}

/** Where it goes there is a file or link at this path, and no directory. */
function isForAnother(
	steps: Steps,
	path: string,
	direction: "finish" | "back",
): boolean {
	return steps
		.filter((step) => step.path === path)
		.some((step) =>
			direction === "finish"
				? "staged" in step
				: "was" in step && (step.was?.kind ?? "directory") !== "directory",
		);
}
