import {
	createScanner,
	getNodeValue,
	type Node,
	type ParseError,
	parseTree,
} from "jsonc-parser";
import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { readText } from "../files/durable.ts";

/** A file of an agent's settings, in JSON with comments, and the list in it that we care for. */
export interface ForeignSettings {
	readonly path: string;
	readonly text: string;
	readonly list: string;
}

/** Far more than the settings of any agent, in bytes. */
const LIMIT = 16 * 1024 * 1024;

/** The text with the entry at the end of its list; all else stays as it is. @throws SnapshotError `bad-config` */
export function withEntry(settings: ForeignSettings, value: string): string {
	const { text, list } = settings;
	const array = listNode(settings);
	const entry = JSON.stringify(value);
	const changed =
		array === undefined
			? withProperty(text, `${JSON.stringify(list)}: [${entry}]`)
			: inserted(text, array, entry);
	return proven(settings, changed, [...valuesOf(array), value]);
}

/** The text without the entries at these places of its list; all else stays as it is. @throws SnapshotError `bad-config` */
export function withoutEntries(
	settings: ForeignSettings,
	places: readonly number[],
): string {
	const entries = valuesOf(listNode(settings));
	const kept = entries.filter((_, place) => !places.includes(place));
	// From the end, so that what comes before stays where it is.
	const changed = places
		.toSorted((one, other) => other - one)
		.reduce(
			(text, place) => withoutOne({ ...settings, text }, place),
			settings.text,
		);
	return proven(settings, changed, kept);
}

/** An agent does not start on settings that it cannot read: what was made of them is read again before it is written. */
function proven(
	{ path, text, list }: ForeignSettings,
	changed: string,
	entries: readonly unknown[],
): string {
	if (changed === text) return text;
	const wanted = { ...Object(valueAt(text, [])), [list]: entries };
	if (JSON.stringify(valueAt(changed, [])) === JSON.stringify(wanted))
		return changed;
	throw new SnapshotError(
		"bad-config",
		`${path} cannot be changed so that nothing but its "${list}" is other. Nothing was changed.`,
		{ hint: "Change that list by hand." },
	);
}

function withoutOne(settings: ForeignSettings, place: number): string {
	const { text } = settings;
	const children = listNode(settings)?.children ?? [];
	const child = children[place];
	if (child === undefined) return text;
	const previous = children[place - 1];
	const next = children[place + 1];
	const before = previous && commaBehind(text, previous);
	const after = commaBehind(text, child);
	const comma = after ?? before;
	const lead: Span = [before === undefined ? -1 : before + 1, child.offset];
	const beside: Span[] =
		after === undefined
			? [lead]
			: [
					[endOf(child), after],
					next === undefined ? lead : [after + 1, next.offset],
				];
	return without(text, [
		[child.offset, endOf(child)],
		...(comma === undefined ? [] : [[comma, comma + 1] as const]),
		// Comments in between are somebody's.
		...beside.filter(
			([from, to]) => from >= 0 && text.slice(from, to).trim() === "",
		),
	]);
}

type Span = readonly [from: number, to: number];

function without(text: string, spans: readonly Span[]): string {
	return spans
		.toSorted(([one], [other]) => other - one)
		.reduce((left, [from, to]) => left.slice(0, from) + left.slice(to), text);
}

/** Where it stands; comments may come before it. */
function commaBehind(text: string, node: Node): number | undefined {
	const scanner = createScanner(text, true);
	scanner.setPosition(endOf(node));
	scanner.scan();
	const at = scanner.getTokenOffset();
	return text[at] === "," ? at : undefined;
}

/** Behind all that is in a list or an object, on a line of its own where the others are. */
function inserted(
	text: string,
	{ children = [], offset }: Node,
	what: string,
): string {
	const [first] = children;
	const last = children.at(-1);
	const at = last === undefined ? offset + 1 : endOf(last);
	const lead = text.slice(offset + 1, first?.offset);
	const newLine = /\r?\n[ \t]*$/.exec(lead)?.[0] ?? " ";
	const before = last === undefined ? "" : `,${newLine}`;
	return text.slice(0, at) + before + what + text.slice(at);
}

/** Undefined: it has no such list. */
function listNode({ path, text, list }: ForeignSettings): Node | undefined {
	const tree = objectIn(text);
	// Of two of one name agents take the last.
	const found = tree?.children?.findLast(
		({ children: [name] = [] }) => name?.value === list,
	)?.children?.[1];
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

function valuesOf(array: Node | undefined): unknown[] {
	return (array?.children ?? []).map(getNodeValue);
}

function endOf({ offset, length }: Node): number {
	return offset + length;
}

function withProperty(text: string, property: string): string {
	const tree = parseTree(blanked(text), [], READING);
	if (tree === undefined)
		return `${text}${/[^\n\uFEFF]$/.test(text) ? "\n" : ""}{\n  ${property}\n}\n`;
	const isEmpty = tree.children?.length === 0;
	return inserted(text, tree, isEmpty ? `\n  ${property}\n` : property);
}

const READING = { allowTrailingComma: true, allowEmptyContent: true };

/** JSON with comments; where nothing stands, that is an empty object for agents. Undefined: it is no object. */
function objectIn(text: string): Node | undefined {
	const errors: ParseError[] = [];
	const tree =
		parseTree(blanked(text), errors, READING) ?? parseTree("{}", [], READING);
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

/** As a program reads it that knows no comments and no comma too many. */
export function isStrictJson(text = ""): boolean {
	try {
		JSON.parse(text.replace(/^\uFEFF/, "").trim() || "{}");
		return true;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return false;
	}
}
