import type { Inside, Named } from "../../core/inside/inside.ts";
import { maskText } from "../../core/secrets/secrets.ts";
import { maskServiceKeys } from "../../core/secrets/service-keys.ts";
import type { Invocation } from "../call/handler.ts";
import { firstOf, roomBeside } from "../text/room.ts";
import { targetText } from "../text/target-text.ts";
import {
	bytesText,
	columns,
	countText,
	momentText,
	pathText,
	printable,
} from "../text/text.ts";

/** Names that are listed, unless all are wanted. */
const MOST_NAMES = 20;
/** Columns from which there is room for the modes of files. */
const WIDE = 72;

interface Telling {
	readonly invocation: Pick<Invocation, "system" | "columns" | "lines">;
	readonly isAll: boolean;
	/** What shows all of them. */
	readonly more: string;
}

/** What lies in a directory of a snapshot, or the one thing that its path leads to. */
export function directoryText(
	inside: Inside,
	{ invocation, isAll, more }: Telling,
): string[] {
	const { snapshot, path, entry, names } = inside;
	const now = invocation.system.clock.now();
	if (entry?.kind === "link")
		return [`${pathText(path)} is a link to ${targetText(entry.target)}.`];
	const where =
		snapshot.number === undefined
			? printable(snapshot.id)
			: `Snapshot ${snapshot.number}`;
	const place = path === "" ? where : `${where}, ${pathText(path)}`;
	if (names.length === 0) return [`${place}: empty.`];
	// With the place, and how many more there are.
	const most = roomBeside(invocation, 2, MOST_NAMES);
	const shown = isAll ? names : firstOf(names, most);
	const left = names.length - shown.length;
	const isNarrow = (invocation.columns ?? WIDE) < WIDE;
	return [
		`${place}:`,
		...columns(
			shown.map((one) => rowOf(one, now, isNarrow)),
			// Whoever wants all names wants them whole.
			isAll ? undefined : invocation.columns,
		),
		...(left > 0 ? [`  and ${countText(left, "name")} more: ${more}`] : []),
	];
}

function rowOf(named: Named, now: Date, isNarrow: boolean): string[] {
	const { name, kind, bytes, files, mode, mtime, target } = named;
	// Before columns are made and names cut: behind that neither is as it should be.
	const shown = (path: string) => pathText(maskServiceKeys(path));
	const size =
		kind === "directory"
			? `${countText(files, "file")}, ${bytesText(bytes)}`
			: kind === "link"
				? `→ ${targetText(target ?? "")}`
				: bytesText(bytes);
	return [
		`  ${shown(name)}${kind === "directory" ? "/" : ""}`,
		size,
		...(isNarrow
			? []
			: [mode === undefined ? "" : mode.toString(8).padStart(4, "0")]),
		mtime === undefined ? "" : momentText(new Date(mtime), now),
		kind === "database" ? kind : "",
	];
}

/** For --json. */
export function insideData({ path, entry, names }: Inside) {
	return {
		path,
		kind: entry?.kind ?? "directory",
		names: names.map(({ mode, mtime, target, ...named }) => ({
			...named,
			mode: mode ?? null,
			mtime: mtime ?? null,
			target: target === undefined ? null : maskText(target),
		})),
	};
}
