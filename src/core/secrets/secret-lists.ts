import { typedArguments } from "./secret-arguments.ts";
import type { Typed } from "./secret-commands.ts";
import { MASK } from "./secret-mask.ts";

/** An entry of a list in brackets, and what follows it. */
const ENTRY =
	/\s{0,200}(?:"((?:[^"\\]|\\.){0,1000})"|'([^']{0,1000})'|([^\s,"'[\]{}][^,"'[\]{}\n]{0,1000}))\s{0,200}(,\s{0,200}\]?|\])/dy;
/** One of YAML's. */
const ITEM =
	/^([ \t]{0,100})- {1,4}(?:"((?:[^"\\]|\\.){0,1000})"|'([^']{0,1000})'|([^\s"'].{0,1000}))\s{0,20}$/d;
const FLAG = /["'\s[,]-[A-Za-z]/;

interface Entry extends Typed {
	readonly value: string;
}

/** Passwords in lists of arguments, of JSON and YAML: `["mysql", "-p…"]`. */
export function maskLists(text: string): string {
	if (!FLAG.test(text)) return text;
	return maskItems(maskBrackets(text));
}

function maskBrackets(text: string): string {
	let shown = "";
	let done = 0;
	for (let at = text.indexOf("["); at >= 0; at = text.indexOf("[", at)) {
		const { entries, end } = entriesAt(text, at + 1);
		if (entries.some(({ value }) => value.startsWith("-"))) {
			const before = text.slice(Math.max(0, at - NEAR), at);
			shown += maskEntries(text, done, entries, before);
			done = entries.at(-1)?.to ?? done;
		}
		at = end;
	}
	return shown + text.slice(done);
}

/** Those behind a bracket; none if it is no list of words. What was read is not read again. */
function entriesAt(text: string, from: number) {
	const entries: Entry[] = [];
	ENTRY.lastIndex = from;
	for (let end = from; ; end = ENTRY.lastIndex) {
		const found = ENTRY.exec(text);
		if (found === null) return { entries: [], end };
		entries.push(entryOf(found, 1));
		if (found[4]?.endsWith("]")) return { entries, end: ENTRY.lastIndex };
	}
}

/** @param first of the groups that have what it says */
function entryOf(found: RegExpExecArray, first: number): Entry {
	const at = [first, first + 1, first + 2].find(
		(group) => found[group] !== undefined,
	);
	const [from = 0, to = 0] = found.indices?.[at ?? 0] ?? [];
	return { from, to, value: found[at ?? 0] ?? "" };
}

/** Of a text, from what is done to the end of the last entry. */
function maskEntries(
	text: string,
	done: number,
	entries: readonly Entry[],
	before: string,
): string {
	const typed = typedArguments(
		entries.map(({ value }) => value),
		programBefore(before),
	);
	let shown = "";
	let from = done;
	for (const [index, entry] of entries.entries()) {
		const hidden = typed.get(index);
		if (hidden === undefined) continue;
		shown += text.slice(from, entry.from + hidden.from) + MASK;
		from = entry.from + hidden.to;
	}
	return shown + text.slice(from, entries.at(-1)?.to ?? from);
}

/** So far from its arguments a program is looked for, in characters. */
const NEAR = 300;

function programBefore(text: string): string | undefined {
	return [...text.matchAll(PROGRAM)].at(-1)?.[1];
}

const PROGRAM =
	/\b(?:command|cmd|program)["']?\s{0,4}:\s{0,4}["']?([\w./-]{1,200})/g;

function maskItems(text: string): string {
	if (!/^[ \t]{0,100}- /m.test(text)) return text;
	const shown: string[] = [];
	let items: { line: string; entry: Entry }[] = [];
	let indent = "";
	const flush = () => {
		if (items.length === 0) return;
		const masked = maskedItems(items, shown.slice(-4).join("\n"));
		for (const line of masked) shown.push(line);
		items = [];
	};
	for (const line of text.split("\n")) {
		const found = ITEM.exec(line);
		if (found === null || found[1] !== indent) flush();
		indent = found?.[1] ?? "";
		if (found === null) shown.push(line);
		else items.push({ line, entry: entryOf(found, 2) });
	}
	flush();
	return shown.join("\n");
}

function maskedItems(
	items: readonly { line: string; entry: Entry }[],
	before: string,
): string[] {
	const typed = typedArguments(
		items.map(({ entry }) => entry.value),
		programBefore(before),
	);
	return items.map(({ line, entry }, at) => {
		const hidden = typed.get(at);
		return hidden === undefined
			? line
			: line.slice(0, entry.from + hidden.from) +
					MASK +
					line.slice(entry.from + hidden.to);
	});
}
