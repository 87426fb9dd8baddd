import {
	type RestoreOutcome,
	type RestoreRequest,
	restoreSnapshot,
} from "../core/restore.ts";
import type { Step } from "../core/restore-steps.ts";
import { type Handler, type Invocation, listFlag, waitOf } from "./handler.ts";
import { type Answer, snapshotData } from "./reply.ts";
import { countText, printable, someOf, whenText } from "./text.ts";

export const restore: Handler = (invocation) => {
	const { positionals, flags } = invocation;
	const include = listFlag(invocation, "include").map((path) =>
		path.replace(/\/+$/, ""),
	);
	return answerRestore(invocation, {
		target: { ref: positionals[0] ?? "" },
		include,
		undo: flags["no-undo"] !== true,
	});
};

/** Shared by `restore` and `undo`, which is the restore of an undo snapshot. */
export async function answerRestore(
	invocation: Invocation,
	request: Pick<RestoreRequest, "target" | "include" | "undo">,
): Promise<Answer> {
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const dryRun = invocation.flags["dry-run"] === true;
	const outcome = await restoreSnapshot(agent, { ...request, dryRun });
	const now = agent.system.clock.now();
	const { snapshot, plan, undo = null, recovered, pruned } = outcome;
	const lines = dryRun
		? dryRunText(outcome, now)
		: doneText(outcome, {
				now,
				prefix: invocation.prefix,
				advice: agent.host.afterRestore,
			});
	return {
		text: [
			...(recovered
				? [`Finished the interrupted restore of ${printable(recovered)} first.`]
				: []),
			...lines,
		].join("\n"),
		data: {
			snapshot: snapshotData(snapshot),
			dryRun,
			restored: !dryRun && plan.steps.length > 0,
			plan: plan.steps.map((step) => ({ do: step.do, path: step.path })),
			leftAlone: plan.leftAlone,
			undo,
			removed:
				pruned !== undefined && "removed" in pruned
					? pruned.removed.map(({ id }) => id)
					: [],
		},
	};
}

function nameOf({ snapshot }: RestoreOutcome, now: Date): string {
	const { number, id, createdAt } = snapshot;
	const name = number === undefined ? "an undo snapshot" : `snapshot ${number}`;
	return `${name} (${printable(id)}) from ${whenText(createdAt, now)}`;
}

function headline(outcome: RestoreOutcome, now: Date): string {
	const { snapshot, undone } = outcome;
	if (undone === undefined) return `Restored ${nameOf(outcome, now)}.`;
	const when = whenText(snapshot.createdAt, now);
	const all = lacks(outcome) ? "as far as it could be saved, all" : "all";
	return undone.wasUndo
		? `Took back the undo: ${all} is again as it was ${when}.`
		: `Took back the restore of ${printable(undone.id)}: ${all} is again as it was ${when}.`;
}

/** Something was damaged or unreadable when the undo snapshot was taken, and went to the quarantine. */
function lacks({ plan: { leftAlone } }: RestoreOutcome): boolean {
	return leftAlone.some(({ why }) => why.startsWith("not in the snapshot"));
}

function doneText(
	outcome: RestoreOutcome,
	{ now, prefix, advice }: { now: Date; prefix: string; advice: string },
): string[] {
	const { plan, undo, undone } = outcome;
	if (plan.steps.length === 0)
		return [
			undone === undefined
				? `Everything is already as in ${nameOf(outcome, now)}. Nothing was changed.`
				: "There is nothing that could be taken back. Nothing was changed.",
			...leftAloneText(outcome),
		];
	return [
		headline(outcome, now),
		...planText(plan.steps, {
			write: "Put back",
			remove: "Removed",
			mode: "Set modes or times of",
		}),
		...leftAloneText(outcome),
		...prunedText(outcome),
		advice,
		undo === undefined
			? "There is no undo for it, as you asked."
			: `Take it back with: ${prefix} undo`,
	];
}

function prunedText({ pruned }: RestoreOutcome): string[] {
	if (pruned === undefined || "problem" in pruned) return [];
	const old = pruned.removed.length;
	return old === 0 ? [] : [`Removed ${countText(old, "old snapshot")}.`];
}

function dryRunText(outcome: RestoreOutcome, now: Date): string[] {
	const { plan } = outcome;
	const name = nameOf(outcome, now);
	if (plan.steps.length === 0)
		return [`Everything is already as in ${name}.`, ...leftAloneText(outcome)];
	return [
		`To restore ${name} would:`,
		...planText(
			plan.steps,
			{ write: "Put back", remove: "Remove", mode: "Set modes or times of" },
			8,
		),
		...leftAloneText(outcome),
		"Nothing was changed.",
	];
}

function planText(
	steps: readonly Step[],
	verbs: { write: string; remove: string; mode: string },
	most = 4,
): string[] {
	const pathsOf = (...kinds: Step["do"][]) => [
		...new Set(
			steps.filter((step) => kinds.includes(step.do)).map(({ path }) => path),
		),
	];
	const written = pathsOf("write", "database", "link", "make-directory");
	const removed = pathsOf("remove").filter((path) => !written.includes(path));
	const modes = pathsOf("set-mode").filter((path) => !written.includes(path));
	const aside = pathsOf("set-aside");
	const line = (verb: string, paths: string[]) =>
		paths.length === 0
			? []
			: [`${verb} ${countText(paths.length, "item")}: ${someOf(paths, most)}.`];
	return [
		...line(verbs.write, written),
		...line(verbs.remove, removed),
		...line(verbs.mode, modes),
		...line("Moved to state-snapshots/quarantine, because unreadable,", aside),
	];
}

export function leftAloneText(outcome: RestoreOutcome): string[] {
	const { undone } = outcome;
	const { leftAlone } = outcome.plan;
	if (leftAlone.length === 0) return [];
	const byReason = Map.groupBy(leftAlone, ({ why }) => why);
	const parts = [...byReason].map(
		([why, items]) => `${someOf(items.map(({ path }) => path))} (${why})`,
	);
	const held = leftAlone.find(({ onRequest }) => onRequest);
	const hint =
		held === undefined || undone !== undefined
			? ""
			: ` To put back all the same: --include ${printable(held.path)}`;
	const are = leftAlone.length === 1 ? "it is" : "they are";
	const quarantine =
		undone !== undefined && lacks(outcome)
			? " What was there before is in state-snapshots/quarantine."
			: "";
	return [`Left as ${are}: ${parts.join("; ")}.${hint}${quarantine}`];
}
