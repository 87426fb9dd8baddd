import { SnapshotError } from "../../errors.ts";
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

/** What stands in the way of a restore that has found all as it was when it began. */
export interface Moved {
	readonly path: string;
	/** Written to, exchanged or linked elsewhere; or only opened by somebody who is in the way. */
	readonly how: "written" | "opened";
}

/** Only of what the restore touches: the rest may move as it likes. Undefined: nothing has moved. */
export function movedMeanwhile(
	agent: Agent,
	steps: readonly JournalStep[],
	present: Captured,
): Moved | undefined {
	const { home } = agent;
	const { disk } = agent.system;
	const touched = new Set(steps.flatMap(({ path }) => familyOf(path)));
	const isTouched = (path: string) => touched.has(path);
	const isOther = ([path, seen]: [string, string]) =>
		touched.has(path) && databaseSignature(disk, `${home}/${path}`) !== seen;
	const written =
		movedSince(disk, home, present.scan, isTouched)[0] ??
		[...touched].find((path) => isLinkedMeanwhile(agent, path, touched)) ??
		[...present.signatures].find(isOther)?.[0] ??
		steps.find((step) => !isStillBehind(agent, steps, step))?.path;
	if (written !== undefined) return { path: written, how: "written" };
	const opened = openedMeanwhile(agent, steps);
	return opened === undefined ? undefined : { path: opened, how: "opened" };
}

/** @returns to be thrown when it goes on moving */
export function stillMoving(agent: Agent, { path, how }: Moved): SnapshotError {
	const { title } = agent.host;
	const occupancy = new Occupancy(agent, [path]);
	const isHeld = (occupancy.holdersOf(path) ?? []).length > 0;
	const who = occupancy.whoHolds(path);
	const held = isHeld ? `, which ${who} has open,` : "";
	const message =
		how === "opened"
			? `${path} is open in ${who}, and has to be closed before it can be replaced.`
			: `${path}${held} is written to or replaced faster than it can be saved.`;
	return new SnapshotError("busy-database", `${message} Nothing was changed.`, {
		hint:
			how === "opened"
				? `Close it there, or stop ${who}, and repeat the command.`
				: `Repeat the command in a quieter moment, or stop ${isHeld ? who : title} first.`,
	});
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
function openedMeanwhile(
	agent: Agent,
	steps: readonly JournalStep[],
): string | undefined {
	const paths = steps
		.filter((step) =>
			step.do === "database"
				? step.how === "rename"
				: step.do === "set-aside" ||
					("was" in step && step.was && mayBeOpen(agent, step.was)),
		)
		.map(({ path }) => path);
	const occupancy = new Occupancy(agent, paths);
	return paths.find((path) => (occupancy.holdersOf(path) ?? []).length > 0);
}
