import { afterDoing, SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import { whyFailed, whyOfDisk } from "../reasons.ts";
import { commandFor, relatedHomes } from "../store/related-homes.ts";
import {
	type Finished,
	finishedFirst,
	recoverIfClear,
	recoverLocked,
} from "./recover.ts";

/** A home in which an interrupted restore waits for a person, and what is to be typed to be told more. */
export interface BlockedElsewhere {
	readonly home: string;
	readonly command: string;
}

/**
 * Finishes what was interrupted in this home, and in those that have state in common with it: half a restore there is
 * half a restore here. The locks must be held.
 * @throws SnapshotError `recovery-blocked` when the agent has written on since
 */
export async function recoverAll(agent: Agent): Promise<Finished> {
	let finished = await recoverLocked(agent);
	for (const there of pending(agent)) {
		const done = await afterDoing(finishedFirst(finished), () =>
			recoverElsewhere(there),
		);
		finished = withElsewhere(finished, there, done);
	}
	return finished;
}

/** For commands that can go on beside a recovery that waits. */
export async function recoverAllIfClear(agent: Agent): Promise<
	Finished & {
		readonly isBlocked: boolean;
		readonly blockedElsewhere: readonly BlockedElsewhere[];
	}
> {
	const { isBlocked, ...own } = await recoverIfClear(agent);
	const blockedElsewhere: BlockedElsewhere[] = [];
	let finished: Finished = own;
	for (const there of pending(agent))
		try {
			const done = await recoverElsewhere(there);
			finished = withElsewhere(finished, there, done);
		} catch (error) {
			if (!(error instanceof SnapshotError)) throw error;
			const command = commandFor(there, "recover");
			blockedElsewhere.push({ home: there.home, command });
		}
	return { ...finished, isBlocked, blockedElsewhere };
}

function pending(agent: Agent): Agent[] {
	return relatedHomes(agent)
		.filter(({ isPending }) => isPending)
		.map((related) => related.agent);
}

function withElsewhere(
	finished: Finished,
	{ home }: Agent,
	done: Finished,
): Finished {
	if (done.snapshot === undefined) return finished;
	const elsewhere = [...(finished.elsewhere ?? []), { ...done, home }];
	return { ...finished, elsewhere };
}

async function recoverElsewhere(there: Agent): Promise<Finished> {
	const { system, store } = there;
	try {
		if (!system.disk.mayChangeIn(store.directory))
			throw new SnapshotError(
				"recovery-blocked",
				"A restore was interrupted, and only the user whom its store belongs to can finish it. Nothing was changed.",
				{ hint: "As that user: `recover`." },
			);
		return await recoverLocked(there);
	} catch (error) {
		throw namingHome(there, error);
	}
}

/** Of a failure there: which home it speaks of, and its commands as they are typed for that home. */
function namingHome(there: Agent, error: unknown): unknown {
	const where = `In ${there.home}:`;
	if (!(error instanceof SnapshotError)) {
		if (whyOfDisk(error) === undefined) return error; // a bug
		return new SnapshotError(
			"failed",
			`${where} an interrupted restore could not be finished: ${whyFailed(error)}.`,
			{ hint: `Remove the cause, then \`${commandFor(there, "recover")}\`.` },
		);
	}
	const hint = error.hint?.replace(
		/`([^`]+)`/g,
		(_, words: string) => `\`${commandFor(there, words)}\``,
	);
	return new SnapshotError(error.code, `${where} ${error.message}`, {
		...(hint !== undefined && { hint }),
		cause: error,
	});
}
