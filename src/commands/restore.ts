import type { Agent } from "../core/agent.ts";
import { type Postponed, postponeRestore } from "../core/at-next-start.ts";
import {
	type RestoreOutcome,
	type RestoreRequest,
	restoreSnapshot,
} from "../core/restore.ts";
import { usageError } from "./grammar.ts";
import { type Handler, type Invocation, listFlag, waitOf } from "./handler.ts";
import { type Answer, snapshotData } from "./reply.ts";
import { dryRunText, nameOf, outcomeText } from "./restore-text.ts";
import { finishedText, printable } from "./text.ts";

export const restore: Handler = (invocation) => {
	const [ref = "", ...select] = invocation.positionals;
	return answerRestore(invocation, {
		target: { ref },
		include: listFlag(invocation, "include"),
		select,
		undo: invocation.flags["no-undo"] !== true,
	});
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
		include: wanted.include.map((path) => belowHome(path, agent.home)),
		select: wanted.select.map((path) => belowHome(path, agent.home)),
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
	return {
		text: [
			...finishedText(outcome.recovered),
			...(dryRun ? dryRunText : outcomeText)(outcome, agent, invocation),
		].join("\n"),
		data: restoreData(outcome, dryRun),
	};
}

/** People write paths as they see them: "./config.yaml", "memories/", "/home/me/.hermes/config.yaml". */
function belowHome(path: string, home: string): string {
	const plain = path.replace(/\/+$/, "").replace(/^(\.\/+)+/, "");
	return plain.startsWith(`${home}/`) ? plain.slice(home.length + 1) : plain;
}

export function restoreData(
	{ snapshot, plan, undo, pruned, forgotten }: RestoreOutcome,
	dryRun: boolean,
): Answer["data"] {
	return {
		snapshot: snapshotData(snapshot),
		dryRun,
		restored: !dryRun && plan.steps.length > 0,
		plan: plan.steps.map((step) => ({ do: step.do, path: step.path })),
		leftAlone: plan.leftAlone,
		undo: undo ?? null,
		forgotten: forgotten ?? null,
		removed:
			pruned !== undefined && "removed" in pruned
				? pruned.removed.map(({ id }) => id)
				: [],
	};
}

/** In a chat, too, it is a terminal that does it: the chat is gone when the agent is stopped. */
function postponed(
	{ snapshot, replaced }: Postponed,
	{ host, system }: Agent,
	{ prefix }: Invocation,
): Answer {
	const name = nameOf(snapshot, system.clock.now());
	return {
		text: [
			`Nothing was changed yet. To restore ${name}:`,
			`Stop ${host.title}, run "agent-snapshot recover" in a terminal, and start ${host.title} again.`,
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
