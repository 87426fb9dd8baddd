import { MOMENTS, type Moment, snapshotIfDue } from "../core/automatic.ts";
import { createAnswer } from "./create.ts";
import { usageError } from "./grammar.ts";
import { type Handler, textFlag, waitOf } from "./handler.ts";

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
	const started = agent.system.clock.monotonic();
	const outcome = await snapshotIfDue(agent, { moment, hostVersion });
	if ("skipped" in outcome)
		return {
			text: `No snapshot: ${outcome.skipped}.`,
			data: { created: false, skipped: outcome.skipped },
		};
	const seconds = (agent.system.clock.monotonic() - started) / 1000;
	return createAnswer(outcome.made, seconds, prefix);
};

function isMoment(word: string | undefined): word is Moment {
	return MOMENTS.some((moment) => moment === word);
}
