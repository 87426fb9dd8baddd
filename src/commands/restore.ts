import { diffOfPlan } from "../core/diff/diff.ts";
import type { Agent } from "../core/home/agent.ts";
import { belowHome } from "../core/home/below-home.ts";
import {
	type Postponed,
	postponeRestore,
} from "../core/restore/at-next-start.ts";
import {
	type RestoreOutcome,
	type RestoreRequest,
	restoreSnapshot,
} from "../core/restore/restore.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	listFlag,
	textFlag,
	waitOf,
} from "./call/handler.ts";
import { type Answer, EXIT, snapshotData } from "./call/reply.ts";
import { dryRunText } from "./restore/dry-run-text.ts";
import { answerConversation } from "./restore/restore-conversation.ts";
import { outcomeText } from "./restore/restore-text.ts";
import { nameOf } from "./text/snapshot-name.ts";
import { finishedText, printable } from "./text/text.ts";

export const restore: Handler = (invocation) => {
	const [ref = "", ...select] = invocation.positionals;
	const session = textFlag(invocation, "session");
	const undo = invocation.flags["no-undo"] !== true;
	if (session !== undefined)
		return answerConversation(invocation, session, (found, path) =>
			answerRestore(invocation, {
				target: { ref: found },
				include: [],
				select: [path],
				undo,
			}),
		);
	const include = listFlag(invocation, "include");
	return answerRestore(invocation, { target: { ref }, include, select, undo });
};

/** Shared by `restore` and `undo`, which is the restore of an undo snapshot. */
export async function answerRestore(
	invocation: Invocation,
	wanted: Pick<RestoreRequest, "target" | "include" | "select" | "undo">,
): Promise<Answer> {
	const { flags, verb } = invocation;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const dryRun = flags["dry-run"] === true;
	const request = {
		...wanted,
		dryRun,
		include: wanted.include.map((path) => belowHome(path, agent)),
		select: wanted.select.map((path) => belowHome(path, agent)),
	};
	if (flags["at-next-start"] === true) {
		if (dryRun)
			throw usageError(
				verb,
				"--dry-run and --at-next-start exclude each other.",
			);
		return postponed(await postponeRestore(agent, request), agent, invocation);
	}
	const outcome = await restoreSnapshot(agent, request);
	const isPlan = dryRun && outcome.plan.steps.length > 0;
	const diff = isPlan ? await diffOfPlan(agent, outcome) : undefined;
	return {
		text: [
			...finishedText(outcome.recovered),
			...(dryRun
				? dryRunText(outcome, agent, diff, invocation)
				: outcomeText(outcome, agent, invocation)),
		].join("\n"),
		data: {
			...restoreData(outcome, dryRun),
			...(outcome.undone && { aside: outcome.undone.aside }),
		},
		...(!dryRun && failureOf(outcome)),
	};
}

/** An undo that could take nothing back, because nobody could read what was there. */
function failureOf({
	plan,
	undone,
}: RestoreOutcome): Pick<Answer, "exitCode" | "error"> | undefined {
	const [first] = undone?.aside ?? [];
	if (first === undefined || plan.steps.length > 0) return undefined;
	return {
		exitCode: EXIT.failed,
		error: {
			code: "failed",
			message: `Nothing was taken back: what was there before could not be read then, and is ${first}. Nothing was changed.`,
			hint: "Stop the agent and move it back by hand.",
		},
	};
}

export function restoreData(
	outcome: RestoreOutcome,
	dryRun: boolean,
): Answer["data"] {
	const { snapshot, plan, undo, forgotten, recovered } = outcome;
	return {
		snapshot: snapshotData(snapshot),
		dryRun,
		restored: !dryRun && plan.steps.length > 0,
		plan: plan.steps.map((step) => ({ do: step.do, path: step.path })),
		beside: outcome.beside,
		inHome: outcome.inHome,
		leftAlone: plan.leftAlone,
		undo: undo ?? null,
		forgotten: forgotten ?? null,
		removed: removedBy(outcome),
		movedAside: [...(recovered?.movedAside ?? []), ...outcome.movedAside],
	};
}

/** The ids of the snapshots that were pruned behind it. */
export function removedBy({ pruned }: RestoreOutcome): string[] {
	if (pruned === undefined || "problem" in pruned) return [];
	return pruned.removed.map(({ id }) => id);
}

/** In a chat, too, it is a terminal that does it: the chat is gone when the agent is stopped. */
function postponed(
	{ snapshot, replaced, recovered }: Postponed,
	{ host, system }: Agent,
	{ prefix, terminal }: Invocation,
): Answer {
	const name = nameOf(snapshot, system.clock.now());
	const first = finishedText(recovered);
	return {
		text: [
			...first,
			`Nothing ${first.length > 0 ? "else " : ""}was changed yet. To restore ${name}:`,
			`Stop ${host.title}, run "${terminal} recover" in a terminal, and start ${host.title} again.`,
			...(replaced === undefined || replaced === snapshot.id
				? []
				: [
						`The restore of ${printable(replaced)} that waited before is forgotten.`,
					]),
			`Forget it with: ${prefix} recover --cancel`,
		].join("\n"),
		data: {
			snapshot: snapshotData(snapshot),
			restored: false,
			atNextStart: true,
		},
	};
}
