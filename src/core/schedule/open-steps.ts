import type { Run } from "./run-log.ts";

export type OpenStep = NonNullable<Run["open"]>[number];

/** What a run came to, of what it was asked for. */
export interface Came {
	/** The names of all that it was asked for. */
	readonly asked: readonly string[];
	/** Those of them that it came to, also those that were not due. */
	readonly tried: readonly string[];
}

/**
 * Pure. What had failed before and this run has not settled: it did not come to it. A run by hand that only takes a snapshot
 * says nothing of a push. What is not among the steps of a kind any more, a repository that was taken away, is settled, too.
 */
export function openAfter(
	before: readonly OpenStep[],
	{ asked, tried }: Came,
): OpenStep[] {
	const kinds = tried.map(kindOf);
	return before.filter(({ step }) => {
		const isGone = !asked.includes(step) && kinds.includes(kindOf(step));
		return !tried.includes(step) && !isGone;
	});
}

/** "push" of "push to bucket" */
function kindOf(step: string): string {
	return step.replace(/ .*$/s, "");
}
