import { FailedAfter, SnapshotError } from "../../errors.ts";
import { Unreadable } from "../files/copy.ts";
import { whyOfDisk } from "../reasons.ts";

/** In sentences, for who goes on all the same; undefined for what a person wanted, and for bugs. */
export function whyNotDone(error: unknown): string | undefined {
	if (error instanceof Unreadable)
		return (
			whyNotDone(error.cause) ?? `A file could not be read: ${error.message}.`
		);
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

/** As `whyNotDone`, once the program has ended: what is known by then is told, even to who is tired of waiting. */
export function whyNotFinished(error: unknown): string | undefined {
	const isInterrupted =
		error instanceof FailedAfter
			? whyNotFinished(error.cause) === INTERRUPTED
			: error instanceof SnapshotError
				? error.code === "interrupted"
				: error instanceof Error && error.name === "AbortError";
	return isInterrupted ? INTERRUPTED : whyNotDone(error);
}

const INTERRUPTED = "It was interrupted.";

/** There is no home any more, or nothing of the agent in it. */
export function isNothingThere(error: unknown): boolean {
	return error instanceof SnapshotError && error.code === "no-home";
}
