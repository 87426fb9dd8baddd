import type { Journal, JournalStep } from "../apply/journal.ts";
import { databaseSignature } from "../capture/signatures.ts";
import type { Agent } from "../home/agent.ts";
import { signatureBehind } from "../home/behind-links.ts";

/** What the databases of a journal, and those behind its links, look like at one moment. */
export interface Look {
	/** Of the databases at the paths of these steps. */
	readonly signatures: ReadonlyMap<JournalStep, string>;
	/** The same for two looks between which nothing was written. */
	readonly text: string;
}

export function lookAt(agent: Agent, { steps }: Journal): Look {
	const { disk } = agent.system;
	const signatures = new Map(
		steps
			.filter(
				(step) =>
					step.do === "database" ||
					(step.do === "remove" && step.was.kind === "database"),
			)
			.map((step) => [
				step,
				databaseSignature(disk, `${agent.home}/${step.path}`),
			]),
	);
	const behind = steps.map((step) =>
		"behind" in step ? signatureBehind(agent, step.path) : undefined,
	);
	return { signatures, text: [...signatures.values(), ...behind].join("\n") };
}

/**
 * The journal with the databases as they were when they were judged. One that still says what it said then may have
 * another inode or time (the home was copied, its journal mode was set), by which its step would take it for another.
 * @param known steps that were judged, and at whose path is the old or the new form
 */
export function renewSeen(
	journal: Journal,
	known: ReadonlySet<JournalStep>,
	{ signatures }: Look,
): Journal {
	const steps = journal.steps.map((step): JournalStep => {
		const now = signatures.get(step);
		// Where nothing is, what was seen tells whose the logs are.
		if (now === undefined || now.startsWith("- ") || !known.has(step))
			return step;
		if (step.do === "remove") return { ...step, seen: now };
		return step.do === "database" ? { ...step, signature: now } : step;
	});
	return { ...journal, steps };
}
