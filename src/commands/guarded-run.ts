import { environmentSaid } from "../core/home/known-agent.ts";
import type { Verdict } from "../core/update/after-run.ts";
import {
	type GuardOutcome,
	type GuardRequest,
	isWhole,
	runGuarded,
} from "../core/update/guarded-run.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	textFlag,
	waitOf,
} from "./call/handler.ts";
import { type Answer, EXIT, snapshotData } from "./call/reply.ts";
import { restoreData } from "./restore.ts";
import { changedInside } from "./update/changed-inside.ts";
import { reportText } from "./update/guarded-run-text.ts";

export const run: Handler = async (invocation) => {
	const request = requestOf(invocation);
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const outcome = await runGuarded(agent, request);
	const [program = ""] = request.program.command;
	const name = nameOf(program);
	const { prefix } = invocation;
	const inside = await changedInside(agent, outcome);
	return {
		text: reportText(outcome, agent, { prefix, name, inside }).join("\n"),
		exitCode: exitCodeOf(outcome),
		data: dataOf(outcome, name),
	};
};

/** Without its words, which may hold secrets. */
function nameOf(program: string): string {
	return program.slice(program.lastIndexOf("/") + 1);
}

function requestOf(invocation: Invocation): GuardRequest {
	const { positionals, flags, verb, meant, json } = invocation;
	const check = textFlag(invocation, "check");
	if (check?.trim() === "")
		throw usageError(verb, "--check needs a command: --check 'agent doctor'.");
	const output = json ? "stderr" : "stdout";
	const { environment } = meant;
	return {
		program: { command: positionals, environment, output },
		check:
			check === undefined
				? undefined
				: {
						command: ["sh", "-c", check],
						environment: environmentSaid(meant),
						output,
					},
		label: textFlag(invocation, "label")?.trim() || undefined,
		autoRollback: flags["auto-rollback"] === true,
		anyway: flags.anyway === true,
	};
}

/** That of the command, as a shell says it, unless it claims success over something broken. */
function exitCodeOf({ before, ended, verdict }: GuardOutcome): number {
	if (ended === undefined)
		return isWhole(before) ? EXIT.failed : EXIT.incomplete;
	if (ended.exitCode !== 0 || verdict === undefined) return ended.exitCode;
	return verdict.problems.length === 0 && isSeen(verdict)
		? EXIT.done
		: EXIT.unhealthy;
}

function isSeen({ after, unseen }: Verdict): boolean {
	return !("why" in after) && unseen === undefined;
}

function dataOf(
	{ before, ended, verdict, rollback }: GuardOutcome,
	name: string,
): Answer["data"] {
	const isRun = ended !== undefined && ended.problem === undefined;
	const after = verdict?.after;
	const isKnown = verdict !== undefined && isSeen(verdict);
	const problems = verdict?.problems ?? [];
	return {
		command: name,
		run: isRun,
		exitCode: ended?.exitCode ?? null,
		signal: ended?.signal ?? null,
		healthy: problems.length > 0 ? false : isKnown ? true : null,
		problems: problems.map(({ path = null, what }) => ({ path, what })),
		before: "why" in before ? null : snapshotData(before.snapshot),
		after: after && !("why" in after) ? snapshotData(after.snapshot) : null,
		changed: verdict?.changed ?? null,
		rolledBack:
			rollback !== undefined &&
			!("why" in rollback) &&
			rollback.plan.steps.length > 0,
		rollback:
			rollback && !("why" in rollback) ? restoreData(rollback, false) : null,
		notDone: [
			...[before, after, rollback].flatMap((part) =>
				part && "why" in part ? [part.why] : [],
			),
			...(verdict?.unseen ? [verdict.unseen] : []),
		],
	};
}
