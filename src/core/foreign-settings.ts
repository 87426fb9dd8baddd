import {
	findNodeAtLocation,
	getNodeValue,
	modify,
	type Node,
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
	const array = listNode(settings);
	if (array === undefined) return withProperty(text, list, [value]);
	const { children = [], offset } = array;
	if (children.some((child) => namedBy(getNodeValue(child)) === value))
		return text;
	const [first] = children;
	const last = children.at(-1);
	const at = last === undefined ? offset + 1 : endOf(last);
	// On a line of its own where the others are.
	const lead = text.slice(offset + 1, first?.offset);
	const newLine = /\n[ \t]*$/.exec(lead)?.[0] ?? " ";
	const before = last === undefined ? "" : `,${newLine}`;
	return text.slice(0, at) + before + JSON.stringify(value) + text.slice(at);
}

/** The text without the entry; all else stays as it is. @throws SnapshotError `bad-config` */
export function withoutEntry(settings: ForeignSettings, value: string): string {
	const { text } = settings;
	const children = listNode(settings)?.children ?? [];
	const index = children.findIndex(
		(child) => namedBy(getNodeValue(child)) === value,
	);
	const child = children[index];
	if (child === undefined) return text;
	const next = children[index + 1];
	const previous = children[index - 1];
	// With one of the commas beside it. (`modify` of jsonc-parser leaves a bracket behind where no blank stands before the end.)
	const from = next === undefined && previous ? endOf(previous) : child.offset;
	const trailing = /^\s*,/.exec(text.slice(endOf(child)))?.[0].length ?? 0;
	const to =
		next?.offset ?? endOf(child) + (previous === undefined ? trailing : 0);
	return text.slice(0, from) + text.slice(to);
}

/**
 * What an entry of a list of plugins stands for: agents take a bare name, one with its options behind it (`["name", {…}]`),
 * or an object (`{"source": "name", …}`). Undefined: nothing that could be ours.
 */
export function namedBy(entry: unknown): string | undefined {
	const name = Array.isArray(entry)
		? entry[0]
		: (Object(entry).source ?? entry);
	return typeof name === "string" ? name : undefined;
}

/** Undefined: it has no such list. */
function listNode({ path, text, list }: ForeignSettings): Node | undefined {
	const tree = objectIn(text);
	const found = tree && findNodeAtLocation(tree, [list]);
	if (tree !== undefined && (found === undefined || found.type === "array"))
		return found;
	const why =
		tree === undefined ? "it is no JSON object" : `its "${list}" is no list`;
	throw new SnapshotError(
		"bad-config",
		`${path} cannot be changed: ${why}. Nothing was changed.`,
		{ hint: "Mend it first." },
	);
}

function endOf({ offset, length }: Node): number {
	return offset + length;
}

function withProperty(whole: string, name: string, value: unknown): string {
	const mark = /^\uFEFF/.exec(whole)?.[0] ?? "";
	const text = whole.slice(mark.length);
	const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: 2 };
	// From the end, so that what comes before stays where it is.
	const changed = modify(text, [name], value, { formattingOptions })
		.toReversed()
		.reduce(
			(before, { offset, length, content }) =>
				before.slice(0, offset) + content + before.slice(offset + length),
			text,
		);
	return mark + changed;
}

/** JSON with comments; where nothing stands, that is an empty object for agents. Undefined: it is no object. */
function objectIn(text: string): Node | undefined {
	const errors: ParseError[] = [];
	const options = { allowTrailingComma: true, allowEmptyContent: true };
	const tree =
		parseTree(blanked(text), errors, options) ?? parseTree("{}", [], options);
	return errors.length === 0 && tree?.type === "object" ? tree : undefined;
}

/** Some editors write a byte order mark before the text, and agents read over it. As long as it was. */
function blanked(text: string): string {
	return text.replace(/^\uFEFF/, " ");
}

/** What stands there in an object in JSON with comments; undefined: nothing, or it is none. */
export function valueAt(text: string, at: readonly string[]): unknown {
	const tree = objectIn(text);
	return at.reduce<unknown>(
		(value, key) => Object(value)[key],
		tree && getNodeValue(tree),
	);
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
