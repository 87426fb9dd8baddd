import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { familyOf, looksLikeDatabase, ownerOfLog } from "../home/paths.ts";
import type { Missed } from "../manifest/manifest.ts";
import { type JournalStep, stagedPath } from "./journal.ts";
import { arrivalAt } from "./removal.ts";

/*
 * The logs of a file that is named like a database and is none that SQLite can read, as encrypted ones are, are files of
 * the set like itself: see `isSidecar`. Neither means anything without the others.
 */

/** Without those of which a part could not be had: put back, a log would lie beside another file than its own. */
export function wholeFamilies(
	entries: readonly Entry[],
	missed: readonly Missed[],
): { entries: readonly Entry[]; broken: readonly Missed[] } {
	const lost = new Set(
		missed.filter((one) => one.lost).map(({ path }) => path),
	);
	if (lost.size === 0) return { entries, broken: [] };
	const lacks = ({ path, kind }: Entry) =>
		kind === "file" ? familyOf(path).find((one) => lost.has(one)) : undefined;
	const broken = entries.flatMap((entry) => {
		const part = lacks(entry);
		if (part === undefined) return [];
		const why = `it means nothing without ${part}, which could not be saved`;
		return [{ path: entry.path, why, lost: true }];
	});
	return {
		entries: entries.filter((entry) => lacks(entry) === undefined),
		broken,
	};
}

/** A log beside the plain file of this step that the journal does not know: somebody has written there since. */
export function strangeLog(
	{ system: { disk }, home }: Agent,
	steps: readonly JournalStep[],
	step: JournalStep,
): string | undefined {
	if (!isOfPlainFile(step) || goesWithLogs(steps, step.path)) return undefined;
	return familyOf(step.path).find(
		(path) =>
			!steps.some((one) => one.path === path) &&
			disk.stat(`${home}/${path}`)?.kind === "file",
	);
}

/** It lies beside something else that has still to go with its logs, and is that one's. */
export function isOwnersLog(
	{ system: { disk }, store }: Agent,
	steps: readonly JournalStep[],
	path: string,
): boolean {
	const owner = ownerOfLog(path);
	if (owner === undefined || !goesWithLogs(steps, owner)) return false;
	const arrival = arrivalAt(steps, owner);
	return (
		arrival === undefined ||
		!("staged" in arrival) ||
		disk.stat(stagedPath(store, arrival.staged)) !== undefined
	);
}

/** An empty one says nothing of its logs. */
function isOfPlainFile(step: JournalStep): boolean {
	if (!looksLikeDatabase(step.path)) return false;
	if (step.do === "set-mode") return step.sha256 !== undefined;
	const was = "was" in step ? step.was : undefined;
	const forms = step.do === "write" ? [step.entry, was] : [was];
	return step.do === "write" || step.do === "remove" || step.do === "link"
		? forms.some((one) => one?.kind === "file" && one.size > 0)
		: false;
}

function goesWithLogs(steps: readonly JournalStep[], path: string): boolean {
	return steps.some(
		(step) =>
			step.path === path &&
			(step.do === "set-aside" ||
				(step.do === "remove" && step.was.kind === "database")),
	);
}
