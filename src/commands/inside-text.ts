import type { Agent } from "../core/home/agent.ts";
import type { Inside, Named } from "../core/inside/inside.ts";
import {
	bytesText,
	columns,
	countText,
	momentText,
	pathText,
	printable,
} from "./text.ts";

/** Names that are listed, unless all are wanted. */
export const MOST_NAMES = 20;

/** What lies in a directory of a snapshot, or the one thing that its path leads to. */
export function directoryText(
	inside: Inside,
	most: number,
	more: string,
	{ system }: Agent,
): string[] {
	const { snapshot, path, entry, names } = inside;
	const now = system.clock.now();
	if (entry?.kind === "link")
		return [`${pathText(path)} is a link to ${pathText(entry.target)}.`];
	const where =
		snapshot.number === undefined
			? printable(snapshot.id)
			: `Snapshot ${snapshot.number}`;
	const place = path === "" ? where : `${where}, ${pathText(path)}`;
	if (names.length === 0) return [`${place}: empty.`];
	const shown = names.slice(0, most);
	const left = names.length - shown.length;
	return [
		`${place}:`,
		...columns(shown.map((one) => rowOf(one, now))),
		...(left > 0 ? [`  and ${countText(left, "name")} more: ${more}`] : []),
	];
}

function rowOf(named: Named, now: Date): string[] {
	const { name, kind, bytes, files, mode, mtime, target } = named;
	const size =
		kind === "directory"
			? `${countText(files, "file")}, ${bytesText(bytes)}`
			: kind === "link"
				? `→ ${pathText(target ?? "")}`
				: bytesText(bytes);
	return [
		`  ${pathText(name)}${kind === "directory" ? "/" : ""}`,
		size,
		mode === undefined ? "" : mode.toString(8).padStart(4, "0"),
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
			target: target ?? null,
		})),
	};
}
