import type { Contents, StoredEntry } from "../../core/inside/contents.ts";
import { maskServiceKeys } from "../../core/secrets/service-keys.ts";
import { isAscii } from "../../core/words.ts";
import { firstOf } from "../text/room.ts";
import { targetText } from "../text/target-text.ts";
import { bytesText, columns, countText, pathText } from "../text/text.ts";
import { GAP, widthOf, widthsOf } from "../text/width.ts";

interface Largest {
	/** How many. */
	readonly most: number;
	/** What shows all of them. */
	readonly all: string;
	/** Of a line. */
	readonly width: number | undefined;
}

/** The largest files of a snapshot: size, cost, and what it is if it is no plain file. */
export function largestText(
	files: readonly StoredEntry[],
	{ most, all, width }: Largest,
): string[] {
	if (files.length === 0) return [];
	const rows = firstOf(files, most).map((file) => [
		`  ${shown(file.path)}`,
		bytesText(file.bytes),
		`alone ${bytesText(file.alone)}`,
		whatText(file),
	]);
	const more = files.length - rows.length;
	return [
		"The largest:",
		...columns(withRoom(rows, width), width),
		...(more > 0 ? [`  and ${countText(more, "file")} more: ${all}`] : []),
	];
}

/** What a create has saved as a link. */
export function linksText(
	links: Contents["links"],
	width: number | undefined,
): string[] {
	if (links.length === 0) return [];
	const rows = links.map(({ path, target }) => [
		`  ${shown(path)}`,
		`→ ${targetText(target)}`,
	]);
	return [
		"Links, without what they point at:",
		...columns(withRoom(rows, width), width),
	];
}

/** Before columns are made and paths cut: half a key would not be told any more. */
function shown(path: string): string {
	return pathText(maskServiceKeys(path));
}

function whatText({ kind, parts }: StoredEntry): string {
	return [
		...(kind === "database" ? [kind] : []),
		...(parts === undefined
			? []
			: [
					`kept in ${countText(parts.count, "part")} of ${partText(parts.size)}`,
				]),
	].join(", ");
}

/** Always a power of two. */
function partText(bytes: number): string {
	const kib = bytes / 1024;
	return kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`;
}

/** Rows that begin with a path, which is cut where all is wider than a line: many begin alike, and of each the end is seen as well. */
function withRoom(
	rows: readonly (readonly string[])[],
	width: number | undefined,
): readonly (readonly string[])[] {
	if (width === undefined) return rows;
	const others = widthsOf(rows).slice(1);
	const left = others.reduce((room, one) => room - GAP.length - one, width);
	const most = Math.max(left, Math.floor(width / 3));
	return rows.map(([path = "", ...rest]) => [cutWithin(path, most), ...rest]);
}

/** Never through what is shown as one character. */
function cutWithin(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	const characters = isAscii(text)
		? [...text]
		: Array.from(new Intl.Segmenter().segment(text), (one) => one.segment);
	const half = Math.floor((width - 1) / 2);
	const end = fitting(characters.toReversed(), width - 1 - half).toReversed();
	return `${fitting(characters, half).join("")}…${end.join("")}`;
}

/** The first of them that are no wider. */
function fitting(characters: readonly string[], width: number): string[] {
	let left = width;
	const end = characters.findIndex((one) => {
		left -= widthOf(one);
		return left < 0;
	});
	return characters.slice(0, end === -1 ? characters.length : end);
}
