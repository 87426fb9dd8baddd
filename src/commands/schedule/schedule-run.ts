import {
	type RunOutcome,
	runSchedule,
} from "../../core/schedule/schedule-run.ts";
import { SnapshotError } from "../../errors.ts";
import { explain } from "../call/explain.ts";
import { type Invocation, secondsFlag } from "../call/handler.ts";
import { type Answer, EXIT } from "../call/reply.ts";
import { capital, printable, shortened } from "../text/text.ts";
import { timeOf } from "./schedule-install.ts";
import { pushSteps } from "./schedule-push.ts";
import { openText } from "./schedule-words.ts";

/** At night nobody waits for it, in seconds: a long command of before may end. */
const WAIT = 300;

/** What timers call. */
export async function scheduledRun(invocation: Invocation): Promise<Answer> {
	const { flags, meant } = invocation;
	const time = timeOf(invocation);
	const agent = invocation.agent({
		wait: secondsFlag(invocation, "wait") ?? WAIT,
	});
	const outcome = await runSchedule(agent, meant, {
		time,
		ifDue: flags["if-due"] === true,
		weeklyDrill: flags["weekly-drill"] === true,
		places: meant.places,
		more: flags.push === true ? await pushSteps(agent) : [],
	});
	const answer = answerOf(outcome, agent.system.clock.now(), invocation);
	const isQuiet = flags.quiet === true && answer.error === undefined;
	return isQuiet ? { ...answer, text: "" } : answer;
}

function answerOf(
	outcome: RunOutcome,
	now: Date,
	{ prefix }: Invocation,
): Answer {
	if ("skipped" in outcome)
		return {
			text: `Nothing done: ${outcome.skipped}.`,
			data: { skipped: outcome.skipped, run: null },
		};
	const { run, done } = outcome;
	const lines = run.steps.map(
		({ step, ok, what }) =>
			`${capital(step)}${ok ? "" : " FAILED"}: ${shortened(printable(what), 600)}.`,
	);
	const notes = (run.notes ?? []).map((note) => `${printable(note)}.`);
	const putOff =
		run.putOff === undefined
			? []
			: [`Put off to the next time: ${run.putOff}.`];
	const still = openText(run.open ?? [], now);
	const text = [...putOff, ...lines, ...still, ...notes].join("\n");
	const failed = done.find(({ ok }) => !ok);
	return {
		text,
		data: { skipped: null, run },
		...(failed !== undefined && failureOf(failed.cause, text, prefix)),
	};
}

/** With the exit code of what failed first. */
function failureOf(
	cause: unknown,
	text: string,
	prefix: string,
): Pick<Answer, "error" | "exitCode"> {
	const { exitCode, error } = explain(cause, prefix);
	const isIncomplete =
		cause instanceof SnapshotError && cause.message.includes("is incomplete");
	return {
		exitCode: isIncomplete ? EXIT.incomplete : exitCode,
		error: { code: "failed", hint: "", ...error, message: text },
	};
}
