import { SnapshotError } from "../errors.ts";
import type { Patience, System } from "../system/system.ts";

/** A safe point: throws when the person pressed Ctrl-C or the time is up. */
export function checkPatience(patience: Patience, now: number): void {
	if (patience.signal.aborted)
		throw new SnapshotError("interrupted", "Interrupted. Nothing was changed.");
	if (patience.deadline !== undefined && now > patience.deadline)
		throw new SnapshotError(
			"timed-out",
			"The time given was not enough. Nothing was changed.",
		);
}

/** Lets pending events in (Ctrl-C is one), then checks. */
export async function safePoint(
	system: System,
	patience: Patience,
): Promise<void> {
	await system.clock.sleep(0);
	checkPatience(patience, system.clock.monotonic());
}
