import { endOfBrackets, type Hiding } from "./secret-blocks.ts";
import { MASK } from "./secret-mask.ts";
import {
	isMapName,
	isNamed,
	isValueOfEntry,
	isWeak,
	type Rank,
	rankOf,
	rankOfFlag,
	rankWithin,
} from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";
import { maskWithin } from "./secret-within.ts";

/** A name of up to three words, and what stands between it and its value. */
const NAME =
	/(?<![\w.]|\w-)((?:[A-Za-z][\w.-]{0,60} ){0,2}[A-Za-z_][\w.-]{0,400})(\\{0,7}["']?\]?\s{0,20}(?::=|=>|[:=：])\s{0,20}|\s{0,3}(?:->|[→—–|]) |\t|["'][^<>"']{0,100}>(?=[^<>]{1,999}<\/)|\\{0,7}["'],\s{0,4}(?=\\{0,7}["'])|>(?=[^<>]{1,999}<\/))/g;

/** Nothing stands before it but what makes a line an item, a comment or a quotation. */
const FIRST = /^[\s"'>#*-]*(?:export |set |- )?["']?$/;
/** So far in it may stand. */
const FURTHEST = 400;

interface Named {
	readonly name: string;
	/** It is the first of its line, and has all of it. */
	readonly isFirst: boolean;
	readonly rank: Rank;
	/** What stands in its brackets or below it is hidden, unless it is plainly harmless. */
	readonly isMap: boolean;
	readonly hiding: Hiding;
}

/** Masks what stands behind names in a line. */
export function maskNamed(line: string, hiding: Hiding): string {
	let text = "";
	let done = 0;
	NAME.lastIndex = 0;
	for (let found = NAME.exec(line); found !== null; found = NAME.exec(line)) {
		const named = namedBy(line, found, hiding);
		if (named.rank === "harmless" && !named.isMap) continue;
		const at = found.index + found[0].length;
		const { shown, end } = valueAt(line, at, named);
		text += line.slice(done, at) + shown;
		done = end;
		NAME.lastIndex = Math.max(end, at);
	}
	return text + line.slice(done);
}

/** The rest of a line, and what goes on below it. */
export function maskAfter(line: string, at: number, hiding: Hiding): string {
	const named: Named = {
		...{ name: "", isFirst: true, rank: "strong", isMap: false, hiding },
	};
	const { shown, end } = valueAt(line, at, named);
	return line.slice(0, at) + shown + line.slice(end);
}

function namedBy(line: string, found: RegExpExecArray, hiding: Hiding): Named {
	const [, name = "", between = ""] = found;
	const { index } = found;
	const isFirst = index <= FURTHEST && FIRST.test(line.slice(0, index));
	const [dashes = ""] =
		/-{0,2}$/.exec(line.slice(Math.max(0, index - 2), index)) ?? [];
	const isListed = /^\\*["'],/.test(between);
	// Of a list only what follows the flag of a program.
	if (isListed && dashes === "")
		return { name, isFirst, rank: "harmless", isMap: false, hiding };
	const own = name.slice(name.lastIndexOf(" ") + 1);
	const isVariable =
		(between === "=" && /^[A-Z][A-Z\d_]{2,}$/.test(own)) ||
		/\benv(?:iron)?\[["']$/.test(line.slice(Math.max(0, index - 12), index));
	const rank = isListed
		? rankOfFlag(dashes + name)
		: isVariable
			? rankOfVariable(own, isFirst && hiding.isVariables)
			: isValueOfEntry(name)
				? rankOfEntry(line, index)
				: rankOf(name);
	// In tables, and behind a dash, words say what it is; in code all that is handed on.
	const isOfCode = rank === "pass" && between.includes("=>");
	if (isOfCode || (isNamed(rank) && /[\t→—–|]|->/.test(between)))
		return { name, isFirst: false, rank: "weak", isMap: false, hiding };
	return { name, isFirst, rank, isMap: isMapName(name), hiding };
}

/** In a file of variables all are like those of `env`; elsewhere words may be seen. */
function rankOfVariable(name: string, isInner: boolean): Rank {
	const rank = rankWithin(name);
	return rank === "inner" && !isInner ? "weak" : rank;
}

/** So far from its value the name of an entry is looked for, in characters. */
const NEAR = 300;

/** Of `{"name": "API_KEY", "value": "…"}`, in whatever order. */
function rankOfEntry(line: string, at: number): Rank {
	const before = line
		.slice(Math.max(0, at - NEAR), at)
		.split("{")
		.at(-1);
	const [after] = line.slice(at, at + NEAR).split("}");
	const ranks = [before ?? "", after ?? ""]
		.flatMap((text) => [...text.matchAll(ENTRY)])
		.map(([, name = ""]) => rankOf(name));
	return ranks.find(isNamed) ?? "harmless";
}

const ENTRY =
	/(?<![\w-])(?:[A-Za-z_]{0,30}(?:name|key)|k|variable|env|setting|option)\\{0,7}["']?\s{0,4}[:=]\s{0,4}\\{0,7}["']?([A-Za-z_][\w.-]{0,100})/gi;

/** What is shown of the value that begins at a place of a line, and where it ends. */
function valueAt(
	line: string,
	at: number,
	named: Named,
): { readonly shown: string; readonly end: number } {
	const rest = line.slice(at);
	const { rank, isMap, hiding } = named;
	const isBelow = isNamed(rank) || isMap;
	// A tag or a name of YAML.
	const [tags = ""] = /^(?:[!&]\S{0,80} )+(?=[[{])/.exec(rest) ?? [];
	if (tags !== "" && isBelow) {
		const found = bracketsAt(line, at + tags.length, named);
		return { ...found, shown: tags + found.shown };
	}
	if (/^[[{]/.test(rest) && (isBelow || isWeak(rank)))
		return bracketsAt(line, at, named);
	if (isMap && named.isFirst && isNothing(rest)) {
		hiding.block = { ...blockBelow(line, rest), rank: "inner" };
		return { shown: rest, end: line.length };
	}
	if (rank === "harmless") return { shown: "", end: at };
	const end = endOfValue(line, at, named);
	return { shown: shownValue(line.slice(at, end), rank, hiding), end };
}

function bracketsAt(line: string, at: number, { rank, isMap, hiding }: Named) {
	const rest = line.slice(at);
	const { end, depth } = endOfBrackets(rest, 0);
	const inside = rest.slice(0, end);
	const isHidden = isNamed(rank);
	if (depth > 0 && (isHidden || isMap))
		hiding.block = { depth, rank: isHidden ? rank : "inner" };
	const hide = (value: string) => hiding.found.add(value);
	// Of what goes on in other lines the bracket stays.
	const shown = !isHidden
		? maskWithin(inside, hide)
		: depth > 0 && inside.trim().length === 1
			? inside
			: shownValue(inside, rank, hiding);
	return { shown, end: at + end };
}

function shownValue(value: string, rank: Rank, { found }: Hiding): string {
	const [, open = "", bare = "", close = ""] =
		/^(\\*["'])?([\s\S]*?)(\1)?$/.exec(value) ?? [];
	const stays = /^[[{(|>&*]?[+-]?$/.test(value) || isOpenlySaid(bare, rank);
	if (stays) return value;
	// Of such a name nobody knows whether it is one.
	if (!isWeak(rank)) found.add(bare);
	return `${open}${MASK}${close}`;
}

/** Where the value that begins at a place of a line ends. What goes on in other lines is hidden there. */
function endOfValue(line: string, at: number, named: Named): number {
	const rest = line.slice(at);
	const { hiding, rank, isFirst } = named;
	const isWord = !isNamed(rank) && rank !== "inner";
	const [, triple] = /^("""|'''|`)/.exec(rest) ?? [];
	const [, quote = ""] = /^(\\*["'])/.exec(rest) ?? [];
	if (triple) return endOfText(line, at + triple.length, triple, hiding);
	if (quote !== "") return endOfText(line, at + quote.length, quote, hiding);
	if (isFirst && !isWord && !hiding.isVariables)
		hiding.block = { ...blockBelow(line, rest), rank };
	const isWhole =
		(isFirst && !isWord) || /cookie|authorization/i.test(named.name);
	if (!isWhole) return at + rest.search(END_OF_WORD);
	// As in `-H "Cookie: a=b; c=d"`. Else an apostrophe may be part of it.
	const before = line.slice(Math.max(0, at - FURTHEST), at);
	const [opened] = /["'`](?=[^"'`]*$)/.exec(before) ?? [];
	const end = opened === undefined ? -1 : rest.indexOf(opened);
	return end < 0 ? line.length : at + end;
}

const END_OF_WORD =
	/\s|["'`<]|\\(?=["'nrt])|,(?=\s|["'{[]|[\w-]+["']?[:=]|$)|[)}\]](?=[\s,;)}\]"'.]|$)|$/;

/** It says nothing itself: what it says stands below. */
function isNothing(rest: string): boolean {
	return /^\s*(#.*)?$/.test(rest) || /^[&!]\S+\s*(#.*)?$/.test(rest);
}

/** What stands further in than the name goes on with its value, whatever that begins with. */
function blockBelow(line: string, rest: string) {
	const indent = line.length - line.trimStart().length;
	const isEmpty = /^\s*(#.*)?$/.test(rest);
	const isNested = isNothing(rest) || /^\(\s*(#.*)?$/.test(rest);
	// Items of a list may stand as far in as their name.
	return { indent: isEmpty ? indent : indent + 1, isText: !isNested };
}

/** Behind the quote that ends it; a backslash takes the one before it away. */
function endOfText(
	line: string,
	from: number,
	quote: string,
	hiding: Hiding,
): number {
	for (let at = from; at < line.length; at++) {
		if (line.startsWith(quote, at)) return at + quote.length;
		if (quote === '"' && line[at] === "\\") at++;
	}
	hiding.block = { until: quote };
	return line.length;
}
