import {
	getNodeValue,
	type ModificationOptions,
	modify,
	type ParseError,
	parseTree,
} from "jsonc-parser";
import { errorCode, SnapshotError } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import { readText } from "./durable.ts";

/** A file of an agent's settings, in JSON with comments, and the list in it that we care for. */
export interface ForeignSettings {
	readonly path: string;
	readonly text: string;
	readonly list: string;
}

/** Far more than the settings of any agent, in bytes. */
const LIMIT = 16 * 1024 * 1024;

/** The text with the entry in its list; all else stays as it is. @throws SnapshotError `bad-config` */
export function withEntry(settings: ForeignSettings, value: string): string {
	const { text, list } = settings;
	const entries = entriesOf(settings);
	if (entries === undefined) return modified(text, [list], [value]);
	return entries.includes(value)
		? text
		: modified(text, [list, -1], value, { isArrayInsertion: true });
}

/** The text without the entry. @throws SnapshotError `bad-config` */
export function withoutEntry(settings: ForeignSettings, value: string): string {
	const { text, list } = settings;
	const index = entriesOf(settings)?.indexOf(value) ?? -1;
	return index < 0 ? text : modified(text, [list, index], undefined);
}

/** Undefined: it has no such list. */
function entriesOf({
	path,
	text,
	list,
}: ForeignSettings): unknown[] | undefined {
	const value = objectIn(text);
	const entries = Object(value)[list];
	if (value !== undefined && (entries === undefined || Array.isArray(entries)))
		return entries;
	const why =
		value === undefined ? "it is no JSON object" : `its "${list}" is no list`;
	throw new SnapshotError(
		"bad-config",
		`${path} cannot be changed: ${why}. Nothing was changed.`,
		{ hint: "Mend it first." },
	);
}

function modified(
	text: string,
	at: (string | number)[],
	value: unknown,
	options: ModificationOptions = {},
): string {
	const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: 2 };
	// From the end, so that what comes before stays where it is.
	return modify(text, at, value, { formattingOptions, ...options })
		.toReversed()
		.reduce(
			(before, { offset, length, content }) =>
				before.slice(0, offset) + content + before.slice(offset + length),
			text,
		);
}

/** An object in JSON with comments; undefined for anything else. */
function objectIn(text: string): unknown {
	const errors: ParseError[] = [];
	const tree = parseTree(text, errors, { allowTrailingComma: true });
	return errors.length > 0 || tree?.type !== "object"
		? undefined
		: getNodeValue(tree);
}

/** What stands there in an object in JSON with comments; undefined: nothing, or it is none. */
export function valueAt(text: string, at: readonly string[]): unknown {
	return at.reduce<unknown>((value, key) => Object(value)[key], objectIn(text));
}

/** Undefined: there is none. @throws SnapshotError `bad-config` for what is no file */
export function textAt(disk: Disk, path: string): string | undefined {
	try {
		// People keep their settings elsewhere, and a link to them here.
		const real = disk.realPath(path);
		if (disk.stat(real)?.kind !== "file")
			throw new SnapshotError(
				"bad-config",
				`${path} is no file. Nothing was changed.`,
			);
		return readText(disk, real, LIMIT);
	} catch (error) {
		if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			return undefined;
		throw error;
	}
}
