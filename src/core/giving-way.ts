import type { Agent } from "./agent.ts";
import type { Journal, JournalStep } from "./journal.ts";
import { linkAbove } from "./obstacles.ts";
import { ancestorsOf, databaseOfSidecar } from "./paths.ts";
import { setAside } from "./quarantine.ts";
import { arrivalAt } from "./removal.ts";

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

/** Something in a directory that no step takes away: it came after the restore had begun. */
function strangerIn(
	agent: Agent,
	steps: Steps,
	directory: string,
): string | undefined {
	const { disk } = agent.system;
	const going = new Map(
		steps
			.filter((step) => step.do === "remove" || step.do === "set-aside")
			.map((step) => [step.path, step]),
	);
	// Only a database, or what may be one, takes its logs with it.
	const isKnown = (path: string) => {
		const owner = going.get(databaseOfSidecar(path) ?? path);
		return (
			going.has(path) ||
			(owner !== undefined &&
				(owner.do === "set-aside" || owner.was.kind === "database"))
		);
	};
	const lookIn = (parent: string): string | undefined => {
		if (disk.stat(`${agent.home}/${parent}`)?.kind !== "directory")
			return undefined;
		const paths = disk
			.names(`${agent.home}/${parent}`)
			.map((name) => `${parent}/${name}`);
		return (
			paths.find((path) => !isKnown(path)) ??
			paths.map(lookIn).find((found) => found !== undefined)
		);
	};
	return lookIn(directory);
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
