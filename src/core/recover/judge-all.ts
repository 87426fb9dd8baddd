import type { Journal, JournalStep } from "../apply/journal.ts";
import type { Agent } from "../home/agent.ts";
import { judge } from "./judge.ts";

/** By path. */
export type Changed = ReadonlyMap<string, "foreign" | "unrecorded">;

export interface Judged {
	/** The paths that are neither in their old nor in their new form, as far as anybody knows: the agent has written on. */
	readonly changed: Changed;
	/** Steps at whose path is the old or the new form. */
	readonly known: ReadonlySet<JournalStep>;
}

/** Judges every step of an interrupted restore. @throws SnapshotError as `judge` */
export async function judgeAll(
	agent: Agent,
	journal: Journal,
): Promise<Judged> {
	agent.patience.progress?.begin("comparing");
	const changed = new Map<string, "foreign" | "unrecorded">();
	const known = new Set<JournalStep>();
	const going = new Set<string>();
	for (const step of journal.steps) {
		// What stands where an earlier step has still to remove something is that something, and perhaps not to be opened.
		if (going.has(step.path)) continue;
		const judgement = await judge(agent, journal, step);
		if (judgement === "foreign" || judgement === "unrecorded")
			changed.set(step.path, judgement);
		else known.add(step);
		if (judgement !== "pending") continue;
		if (step.do === "remove" || step.do === "set-aside") going.add(step.path);
	}
	return { changed, known };
}
