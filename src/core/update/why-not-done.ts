import { FailedAfter, SnapshotError } from "../../errors.ts";
import { Unreadable } from "../files/copy.ts";
import { whyOfDisk } from "../reasons.ts";

/** In sentences, for who goes on all the same; undefined for what a person wanted, and for bugs. */
export function whyNotDone(error: unknown): string | undefined {
	if (error instanceof Unreadable) return whyNotDone(error.cause);
	if (error instanceof FailedAfter) {
		const why = whyNotDone(error.cause);
		return why === undefined ? undefined : `${error.done} ${why}`;
	}
	if (error instanceof SnapshotError)
		return error.code === "interrupted"
			? undefined
			: [error.message, error.hint].filter(Boolean).join(" ");
	const why = whyOfDisk(error);
	return why === undefined ? undefined : `It did not work: ${why}.`;
}

/** There is no home any more, or nothing of the agent in it. */
export function isNothingThere(error: unknown): boolean {
	return error instanceof SnapshotError && error.code === "no-home";
}
