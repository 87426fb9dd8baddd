import {
	keepsFiles,
	lostConversationFile,
} from "../../core/conversation/conversation-file.ts";
import { isNothing } from "../../core/conversation/conversations.ts";
import {
	type ConversationOutcome,
	restoreConversation,
} from "../../core/conversation/restore-conversation.ts";
import { belowHome } from "../../core/home/below-home.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, listFlag, waitOf } from "../call/handler.ts";
import { type Answer, snapshotData } from "../call/reply.ts";
import { finishedText } from "../text/text.ts";
import {
	broughtText,
	lostText,
	plannedText,
} from "./restore-conversation-text.ts";
import { forgottenText, prunedText } from "./restore-text.ts";

/**
 * `restore 3 state.db --session ID`
 * @param restoreFile restores one that is a file by itself
 */
export async function answerConversation(
	invocation: Invocation,
	wanted: string,
	restoreFile: (ref: string, path: string) => Promise<Answer>,
): Promise<Answer> {
	const { flags, verb, positionals } = invocation;
	const [ref = "", path, ...more] = positionals;
	const isMixed =
		flags["at-next-start"] === true ||
		listFlag(invocation, "include").length > 0;
	if (isMixed || more.length > 0)
		throw usageError(
			verb,
			"--session takes one database, and neither --include nor --at-next-start.",
		);
	const agent = invocation.agent({ wait: waitOf(invocation) });
	if (path === undefined && keepsFiles(agent.host))
		return restoreFile(ref, lostConversationFile(agent, ref, wanted));
	const outcome = await restoreConversation(agent, {
		ref,
		path: path === undefined ? undefined : belowHome(path, agent),
		wanted,
		dryRun: flags["dry-run"] === true,
		undo: flags["no-undo"] !== true,
	});
	const text = textFor(outcome);
	return {
		text: [
			...finishedText(outcome.recovered),
			...text(outcome, agent, invocation),
			...prunedText(outcome),
			...(outcome.forgotten === outcome.recovered.forgotten
				? []
				: forgottenText(outcome.forgotten)),
		].join("\n"),
		data: dataOf(outcome, flags["dry-run"] === true),
	};
}

function textFor({ plan, isDone }: ConversationOutcome) {
	if (plan === undefined) return lostText;
	return isDone ? broughtText : plannedText;
}

function dataOf(outcome: ConversationOutcome, dryRun: boolean): Answer["data"] {
	const { snapshot, held, plan, undo, pruned, recovered } = outcome;
	const { path } = held.entry;
	const comes = plan !== undefined && !isNothing(plan);
	return {
		snapshot: snapshotData(snapshot),
		dryRun,
		restored: outcome.isDone,
		plan: comes ? [{ do: "insert", path }] : [],
		conversations: outcome.conversations,
		rows: (plan?.tables ?? []).map(({ table, rows, kept, isRenumbered }) => ({
			table,
			count: rows.length,
			kept,
			renumbered: isRenumbered,
		})),
		lost: outcome.lost,
		leftAlone: [],
		undo: undo ?? null,
		forgotten: outcome.forgotten ?? null,
		removed:
			pruned === undefined || "problem" in pruned
				? []
				: pruned.removed.map(({ id }) => id),
		movedAside: [...recovered.movedAside],
	};
}
