import {
	type Conversation,
	isNothing,
	momentOf,
} from "../../core/conversation/conversations.ts";
import type { ConversationOutcome } from "../../core/conversation/restore-conversation.ts";
import type { Agent } from "../../core/home/agent.ts";
import type { TableTransfer } from "../../system/system.ts";
import type { Invocation } from "../call/handler.ts";
import { nameOf } from "../text/snapshot-name.ts";
import {
	columns,
	countText,
	momentText,
	pathText,
	printable,
	shortened,
} from "../text/text.ts";

/** Of those that are lost, so many are named. */
const NAMED = 8;

type Typed = Pick<Invocation, "prefix">;

/** `--session "?"` */
export function lostText(
	{ snapshot, held, lost }: ConversationOutcome,
	{ system }: Agent,
	{ prefix }: Typed,
): string[] {
	const now = system.clock.now();
	const { what } = held.conversations;
	const path = pathText(held.entry.path);
	const name = nameOf(snapshot, now);
	if (lost.length === 0)
		return [`${path} has every ${what} of ${name}. Nothing was changed.`];
	const rows = lost
		.slice(0, NAMED)
		.map(({ id, title, startedAt }) => [
			`  ${printable(id)}`,
			startedAt === undefined ? "" : momentText(new Date(startedAt), now),
			title === undefined ? "" : shortened(printable(title), 40),
		]);
	const more = lost.length - rows.length;
	const are = lost.length === 1 ? "is" : "are";
	return [
		`${countText(lost.length, what)} of ${name} ${are} not in ${path} any more:`,
		...columns(rows),
		...(more > 0 ? [`  and ${countText(more, what)} more`] : []),
		`Bring one back with: ${prefix} restore ${printable(snapshot.id)} ${path} --session ID`,
	];
}

export function plannedText(
	outcome: ConversationOutcome,
	{ system }: Agent,
): string[] {
	const now = system.clock.now();
	const { plan, held, snapshot } = outcome;
	const path = pathText(held.entry.path);
	if (plan === undefined || isNothing(plan))
		return [
			`All of ${titleOf(outcome)} is in ${path} already. Nothing was changed.`,
			...keptText(outcome),
		];
	return [
		`Into ${path} would come from ${nameOf(snapshot, now)}:`,
		...whatText(outcome, now),
		"All else in it stays. Nothing was changed.",
	];
}

export function broughtText(
	outcome: ConversationOutcome,
	{ system }: Agent,
	{ prefix }: Typed,
): string[] {
	const now = system.clock.now();
	const path = pathText(outcome.held.entry.path);
	return [
		`Brought back into ${path} from ${nameOf(outcome.snapshot, now)}:`,
		...whatText(outcome, now),
		`All else in ${path} is as it was.`,
		outcome.undo === undefined
			? "There is no undo for it, as you asked."
			: `Take it back with: ${prefix} undo (all of ${path} goes back to the moment before)`,
	];
}

/** "1 session "Trip to Rome", 34 messages from 3 Nov 10:02 to 11:15" */
function whatText(outcome: ConversationOutcome, now: Date): string[] {
	const { plan, held } = outcome;
	const { what, rows, called } = held.conversations;
	const tables = (plan?.tables ?? []).filter((one) => one.rows.length > 0);
	const own = tables.find(({ table }) => table === rows.table);
	const counted = tables
		.filter(({ table }) => table !== rows.table)
		.map((one) => countedText(one, called[one.table], now));
	const head =
		own === undefined
			? `of ${titleOf(outcome)}`
			: `${countText(own.rows.length, what)}${namesText(outcome)}`;
	return [
		`  ${[head, ...counted].join(", ")}`,
		...renumberedText(tables),
		...keptText(outcome),
		...droppedText(tables),
	];
}

function countedText(
	{ table, rows, first, last }: TableTransfer,
	what: string | undefined,
	now: Date,
): string {
	if (what === undefined)
		return `${countText(rows.length, "row")} of ${printable(table)}`;
	const [from, to] = [momentOf(first), momentOf(last)];
	if (from === undefined || to === undefined)
		return countText(rows.length, what);
	const [begin, end] = [
		momentText(new Date(from), now),
		momentText(new Date(to), now),
	];
	const day = begin.slice(0, begin.lastIndexOf(" ") + 1);
	const until = end.startsWith(day) ? end.slice(day.length) : end;
	const when = begin === end ? `of ${begin}` : `from ${begin} to ${until}`;
	return `${countText(rows.length, what)} ${when}`;
}

function titleOf({
	held,
	conversations: [first],
}: ConversationOutcome): string {
	return `${held.conversations.what} ${nameOfOne(first)}`;
}

/** The one that is wanted, and how many it goes on from. */
function namesText({ conversations }: ConversationOutcome): string {
	const [first, ...before] = conversations;
	const more =
		before.length === 0
			? ""
			: ` and what it goes on from: ${before.slice(0, 2).map(nameOfOne).join(", ")}${before.length > 2 ? ` and ${before.length - 2} more` : ""}`;
	return ` ${nameOfOne(first)}${more}`;
}

function nameOfOne(one: Conversation | undefined): string {
	if (one?.title === undefined) return printable(one?.id ?? "");
	return `"${shortened(printable(one.title), 60)}"`;
}

function renumberedText(tables: readonly TableTransfer[]): string[] {
	return tables
		.filter(({ isRenumbered }) => isRenumbered)
		.map(
			({ table }) =>
				`  Other rows of ${printable(table)} have their numbers by now: they get new ones.`,
		);
}

function keptText({ plan }: ConversationOutcome): string[] {
	const kept = (plan?.tables ?? []).filter((one) => one.kept > 0);
	if (kept.length === 0) return [];
	const rows = kept.map(
		({ table, kept: count }) =>
			`${countText(count, "row")} of ${printable(table)}`,
	);
	return [`  Changed since, and left as now: ${rows.join(", ")}.`];
}

function droppedText(tables: readonly TableTransfer[]): string[] {
	const dropped = tables.flatMap(({ table, dropped: columnsOf }) =>
		columnsOf.map((column) => printable(`${table}.${column}`)),
	);
	if (dropped.length === 0) return [];
	return [
		`  The database has no place any more for: ${dropped.slice(0, 5).join(", ")}.`,
	];
}
