import type { FileEntry } from "../../core/capture/entry.ts";
import { maskName } from "../../core/secrets/secrets.ts";
import type { Holdings } from "../../system/system.ts";
import type { Invocation } from "../call/handler.ts";
import { countsText } from "../text/counts-text.ts";
import { firstOf, roomBeside } from "../text/room.ts";
import { columns, countText, printable, whenText } from "../text/text.ts";

/** Tables that are named, unless all are wanted. */
const SHOWN = 8;

interface How {
	readonly isFull: boolean;
	/** What shows all. */
	readonly full: string;
	readonly now: Date;
	readonly invocation: Pick<Invocation, "lines" | "columns">;
}

/** What a database holds, and whether somebody has made sure that it is sound. */
export function databaseText(
	holdings: Holdings | undefined,
	entry: FileEntry,
	{ isFull, full, now, invocation }: How,
): string[] {
	const meaning = countsText(entry.counts ?? [], now);
	const head = [
		...(meaning === undefined ? [] : [`It holds ${meaning}.`]),
		searchedText(entry, now),
	];
	if (holdings === undefined)
		return [...head, "It cannot be read: it is damaged, or needs its owner."];
	const { tables, userVersion } = holdings;
	const ordered = tables.toSorted((a, b) => (b.rows ?? -1) - (a.rows ?? -1));
	// With the file's own line, how many tables, and how many more of them.
	const most = roomBeside(invocation, head.length + 3, SHOWN);
	const shown = isFull ? ordered : firstOf(ordered, most);
	const left = tables.length - shown.length;
	const version = userVersion === 0 ? "" : `, schema version ${userVersion}`;
	return [
		...head,
		`${countText(tables.length, "table")}${version}:`,
		...columns(
			shown.map(({ name, kind, rows }) => [
				`  ${printable(maskName(name))}`,
				rows === undefined ? "" : countText(rows, "row"),
				kind === "table" ? "" : kindText(kind),
			]),
			invocation.columns,
		),
		...(left > 0 ? [`  and ${left} more: ${full}`] : []),
	];
}

function kindText(kind: string): string {
	return /^fts\d$/.test(kind) ? "full-text index" : printable(kind);
}

function searchedText(entry: FileEntry, now: Date): string {
	if (entry.kind !== "database" || !entry.checked)
		return "Nobody has searched all of it for damage.";
	const when =
		entry.checkedAt === undefined
			? ""
			: `, ${whenText(new Date(entry.checkedAt), now)}`;
	return `All of it was searched for damage${when}.`;
}
