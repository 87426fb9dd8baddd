import type { FileEntry } from "../../core/capture/entry.ts";
import { maskName } from "../../core/secrets/secrets.ts";
import type { Found } from "../../core/verify/found.ts";
import { type Looks, lastSearchOf } from "../../core/verify/searched.ts";
import type { Holdings } from "../../system/system.ts";
import type { Invocation } from "../call/handler.ts";
import { countsText } from "../text/counts-text.ts";
import { firstOf, roomBeside } from "../text/room.ts";
import {
	columns,
	countText,
	printable,
	shortened,
	whenText,
} from "../text/text.ts";

/** Tables that are named, unless all are wanted. */
const SHOWN = 8;

interface How extends Looks {
	readonly isFull: boolean;
	/** What shows all. */
	readonly full: string;
	readonly now: Date;
	readonly invocation: Pick<Invocation, "lines" | "columns">;
	/** What holds against its snapshot. */
	readonly found: Found | undefined;
}

/** What a database holds, and whether somebody has made sure that it is sound. */
export function databaseText(
	holdings: Holdings | undefined,
	entry: FileEntry,
	how: How,
): string[] {
	const { isFull, full, now, invocation } = how;
	const meaning = countsText(entry.counts ?? [], now);
	const head = [
		...(meaning === undefined ? [] : [`It holds ${meaning}.`]),
		searchedText(entry, how),
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

/** By the capture, or by whoever has looked since. */
function searchedText(entry: FileEntry, how: How): string {
	const { found, now } = how;
	const when = (at: string) => whenText(new Date(at), now);
	if (found?.why.startsWith(`${entry.path} `))
		return `NOT sound, found ${when(found.at)}: ${shortened(printable(found.why), 200)}.`;
	const since = lastSearchOf(entry.path, how);
	if (since !== undefined) {
		const who = since.by === "drill" ? "a drill" : "verify --full";
		return `All of it was searched for damage by ${who}, ${when(since.at)}.`;
	}
	if (entry.kind !== "database" || !entry.checked)
		return "Nobody is known to have searched all of it for damage.";
	const at = entry.checkedAt === undefined ? "" : `, ${when(entry.checkedAt)}`;
	return `All of it was searched for damage${at}.`;
}
