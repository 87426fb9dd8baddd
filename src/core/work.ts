import type { Patience, System } from "../system/system.ts";
import { checkPatience } from "./patience.ts";

/**
 * Long work in pieces. Yields after each with the bytes that were done in it, so that whoever carries it out can do other
 * things in between, and throw to end it.
 */
export type Work<T> = Generator<number, T, void>;

/** So long other events have to wait at most, Ctrl-C among them, if no piece takes longer. Milliseconds. */
const TURN = 50;

/** When they last had their turn: thousands of short works are a long one. */
const turns = new WeakMap<Patience, number>();

/** Without letting anything in, which is right where nothing else may come between. */
export function atOnce<T>(work: Work<T>, pause: () => void): T {
	let next = work.next();
	while (!next.done) {
		try {
			pause();
		} catch (error) {
			next = work.throw(error);
			continue;
		}
		next = work.next();
	}
	return next.value;
}

/** Lets Ctrl-C in between the pieces, and tells how far it is. @throws SnapshotError `interrupted`, `timed-out` */
export async function inTurns<T>(
	system: System,
	patience: Patience,
	work: Work<T>,
): Promise<T> {
	let next = work.next();
	while (!next.done) {
		patience.progress?.add(next.value);
		try {
			await breathe(system, patience);
		} catch (error) {
			next = work.throw(error);
			continue;
		}
		next = work.next();
	}
	return next.value;
}

/** Between two pieces of work that are done otherwise. Most of the time it is not yet somebody else's turn. */
export async function breathe(
	system: System,
	patience: Patience,
): Promise<void> {
	await letIn(system, patience);
	checkPatience(patience, system.clock.monotonic());
}

/** The same where there is no way back: nothing ends it. */
export async function letIn(
	{ clock }: System,
	patience: Patience,
): Promise<void> {
	const now = clock.monotonic();
	const last = turns.get(patience);
	if (last === undefined) turns.set(patience, now);
	else if (now - last >= TURN) {
		await clock.sleep(0);
		turns.set(patience, clock.monotonic());
	}
}
