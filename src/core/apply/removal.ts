import type { Agent } from "../home/agent.ts";
import { type JournalStep, stagedPath } from "./journal.ts";
import { isAsSeen } from "./still.ts";

type Removal = Extract<JournalStep, { do: "remove" | "set-aside" }>;

/**
 * Whether something stands there that this step has still to take away. After a crash it may be what a later step has
 * put in its place. Told by kinds, by whether that one's new file still waits, and by what it says, and not by inodes: a
 * home that was copied since has others.
 */
export function isStillThere(
	{ system: { disk }, store, home }: Agent,
	steps: readonly JournalStep[],
	step: Removal,
): boolean {
	const now = disk.stat(`${home}/${step.path}`);
	if (now === undefined) return false;
	if (step.do === "set-aside" && now.kind === "directory") return false;
	if (step.do === "remove" && now.kind !== kindOnDisk(step)) return false;
	const arrival = arrivalAt(steps, step.path);
	if (arrival === undefined || arrival.do === "make-directory") return true;
	if (disk.stat(stagedPath(store, arrival.staged)) === undefined) return false;
	// Died before the name under which it waited was gone.
	return !(
		arrival.do === "write" &&
		isAsSeen(disk, `${home}/${step.path}`, { was: arrival.entry })
	);
}

/** What stands there now is what the restore has put there. A database that is gone may still be open. */
export function isDone(
	agent: Agent,
	steps: readonly JournalStep[],
	step: JournalStep,
): boolean {
	const { disk } = agent.system;
	if ("staged" in step)
		return disk.stat(stagedPath(agent.store, step.staged)) === undefined;
	return (
		(step.do === "remove" || step.do === "set-aside") &&
		disk.stat(`${agent.home}/${step.path}`) !== undefined &&
		!isStillThere(agent, steps, step)
	);
}

/** The step that puts something at a path. */
export function arrivalAt(steps: readonly JournalStep[], path: string) {
	return steps.find(
		(step) =>
			step.path === path &&
			(step.do === "make-directory" ||
				step.do === "write" ||
				step.do === "link" ||
				step.do === "database"),
	) as
		| Extract<JournalStep, { staged: string } | { do: "make-directory" }>
		| undefined;
}

function kindOnDisk({ was }: Extract<Removal, { do: "remove" }>) {
	return was.kind === "database" ? "file" : was.kind;
}
