import type { Agent } from "../core/agent.ts";
import { recover } from "../core/at-next-start.ts";
import { MOMENTS, type Moment, snapshotIfDue } from "../core/automatic.ts";
import { listSnapshots } from "../core/listing.ts";
import { waitingSnapshot } from "../core/next-start.ts";
import { createAnswer } from "./create.ts";
import { explain } from "./explain.ts";
import { usageError } from "./grammar.ts";
import { type Handler, textFlag, waitOf } from "./handler.ts";
import type { Answer } from "./reply.ts";
import { printable } from "./text.ts";

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
		moment === "start" ? await finishAtStart(agent, prefix) : undefined;
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
 * What waits for this moment is done, if the agent has not opened its files yet; else it goes on waiting, and the
 * agent is not disturbed. Undefined: nothing waits.
 */
async function finishAtStart(
	agent: Agent,
	prefix: string,
): Promise<Answer | undefined> {
	const { system, store, host } = agent;
	const waiting = waitingSnapshot(system.disk, store);
	const { recoveryPending } = listSnapshots(system.disk, store);
	if (waiting === undefined && !recoveryPending) return undefined;
	try {
		const { snapshot, outcome } = await recover(agent);
		const restored = outcome?.snapshot.id ?? snapshot;
		return {
			text: `The restore of ${printable(restored ?? "")} was done before ${host.title} started.`,
			data: { recovered: restored ?? null },
		};
	} catch (error) {
		const { text, error: problem } = explain(error, prefix);
		return { text, data: { recovered: null, problem: problem?.message } };
	}
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
