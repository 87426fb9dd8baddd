import {
	MOMENTS,
	type Moment,
	snapshotIfDue,
} from "../core/create/automatic.ts";
import type { Agent } from "../core/home/agent.ts";
import { waitingSnapshot } from "../core/restore/next-start.ts";
import { pendingElsewhere } from "../core/store/related-homes.ts";
import { isRecoveryPending } from "../core/store/store.ts";
import { explain } from "./call/explain.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	textFlag,
	waitOf,
} from "./call/handler.ts";
import type { Answer } from "./call/reply.ts";
import { createAnswer } from "./create.ts";
import { recover } from "./recover.ts";

/** An agent must never wait long for what it did not ask for, in seconds. */
const TIMEOUT = 60;

export const auto: Handler = async (invocation) => {
	const { positionals, verb, prefix } = invocation;
	const [moment] = positionals;
	if (!isMoment(moment))
		throw usageError(verb, `The moment is one of ${MOMENTS.join(", ")}.`);
	const agent = invocation.agent({
		wait: Math.min(waitOf(invocation), TIMEOUT),
		timeout: TIMEOUT,
	});
	const hostVersion = textFlag(invocation, "host-version")?.slice(0, 100);
	const before =
		moment === "start" ? await finishAtStart(invocation, agent) : undefined;
	const started = agent.system.clock.monotonic();
	const outcome = await snapshotIfDue(agent, { moment, hostVersion });
	const seconds = (agent.system.clock.monotonic() - started) / 1000;
	const answer =
		"skipped" in outcome
			? {
					text: `No snapshot: ${outcome.skipped}.`,
					data: { created: false, skipped: outcome.skipped },
				}
			: createAnswer(outcome.made, seconds, prefix);
	return before === undefined ? answer : joined(before, answer);
};

/**
 * What waits for this moment is done, if the agent has not opened its databases yet; else it goes on waiting, and the
 * agent is not disturbed. Of one that has none nobody can tell what it has read by now, and will write again: a person
 * has to do it while that is stopped. Undefined: nothing waits, or it goes on waiting.
 */
async function finishAtStart(
	invocation: Invocation,
	agent: Agent,
): Promise<Answer | undefined> {
	const { disk } = agent.system;
	const isWaiting = waitingSnapshot(disk, agent.store) !== undefined;
	const isInterrupted =
		isRecoveryPending(disk, agent.store) || pendingElsewhere(agent).length > 0;
	if (isWaiting ? !hasDatabases(agent) : !isInterrupted) return undefined;
	try {
		return await recover(invocation);
	} catch (error) {
		const { text, error: problem } = explain(error, invocation.prefix);
		return { text, data: { recovered: null, problem: problem?.message } };
	}
}

function hasDatabases({ host }: Agent): boolean {
	return host.critical.some(({ database }) => database === true);
}

function joined(before: Answer, answer: Answer): Answer {
	return {
		...answer,
		text: `${before.text}\n${answer.text}`,
		data: { ...answer.data, ...before.data },
	};
}

function isMoment(word: string | undefined): word is Moment {
	return MOMENTS.some((moment) => moment === word);
}
