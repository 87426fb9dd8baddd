import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { databaseBehind, isStillBehind } from "../home/behind-links.ts";
import { isWithin, ownerOfLog } from "../home/paths.ts";
import { Occupancy } from "../restore/occupancy.ts";
import type { Step } from "../restore/restore-steps.ts";
import type { JournalStep } from "./journal.ts";
import { cameMeanwhile } from "./late-comers.ts";
import { isNamedLikeDatabase } from "./quarantine.ts";

/**
 * Whether somebody may have this open as a database: an empty, encrypted or ruined file by its name, the log of one, and
 * whatever a link leads to. Any other file (a note in an editor) may be taken from under whoever has it open.
 */
export function mayBeOpen(
	agent: Agent,
	entry: Pick<Entry, "kind" | "path">,
): boolean {
	return (
		entry.kind === "database" ||
		entry.kind === "link" ||
		(entry.kind === "file" &&
			isNamedLikeDatabase(agent, ownerOfLog(entry.path) ?? entry.path))
	);
}

/**
 * No step takes away, or puts something in the place of, what a process has open as a database: it would go on writing
 * to what nobody finds any more. What goes in through SQLite is no such step.
 * @throws SnapshotError `busy-database`
 */
export function refuseTakenAway(
	agent: Agent,
	occupancy: Occupancy,
	step: Step | JournalStep,
	hint: string,
): void {
	const { path } = step;
	if (step.do === "make-directory" || step.do === "set-mode") return;
	occupancy.refuseHeldBehind(path, hint);
	if (step.do === "set-aside")
		occupancy.refuseHeldDamaged(path, "It is damaged or cannot be read", hint);
	else if (step.do === "remove" && step.was.kind === "database")
		occupancy.refuseHeld(path, "It has to be removed", hint);
	else if (
		step.do !== "database" &&
		(step.was?.kind ?? "file") === "file" &&
		// Where no log was, one would come under whoever has the file open.
		mayBeOpen(agent, step.was ?? { kind: "file", path })
	)
		occupancy.refuseHeldDamaged(path, "It has to give way", hint);
}

/**
 * As `refuseTakenAway`, at the last moment: what was opened, or written to, behind a link since the look before. What else
 * lies below a linked directory was looked at then, for all links at once: each look at the processes takes time, and the
 * agent may write nothing meanwhile.
 */
export function refuseLateBehind(
	agent: Agent,
	steps: readonly JournalStep[],
	step: JournalStep,
): void {
	const { path } = step;
	if (!("was" in step) || step.was?.kind !== "link") return;
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	// Done again after a crash, another one may stand there by now.
	if (disk.stat(live)?.kind !== "link") return;
	if (disk.readLink(live) !== step.was.target) return;
	const behind = steps.filter((one) => isWithin(one.path, path));
	const databases = behind
		.map((one) => one.path)
		.filter((one) => databaseBehind(agent, one) !== undefined);
	if (
		behind.some((one) => !isStillBehind(agent, steps, one)) ||
		isAnyOpenBehind(agent, databases)
	)
		throw cameMeanwhile(path);
}

function isAnyOpenBehind(agent: Agent, paths: readonly string[]): boolean {
	if (paths.length === 0) return false;
	const occupancy = new Occupancy(agent, paths);
	return paths.some((path) => occupancy.isOpenBehind(path));
}
