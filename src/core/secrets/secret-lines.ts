import { type Hiding, inBlock } from "./secret-blocks.ts";
import { MASK } from "./secret-mask.ts";
import { type Rank, rankOf } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";

/**
 * Masks what stands behind the name of a secret, line by line: `NAME=value`, `name: value`, `"name": "value"`, also where
 * that is escaped in a text, and all that stands below a name: blocks of YAML and JSON, sections of TOML, texts of several lines.
 */
export function maskLines(text: string): string {
	const hiding: Hiding = { block: undefined, named: undefined };
	return text
		.split("\n")
		.map((line) => maskLine(line, hiding))
		.join("\n");
}

function maskLine(line: string, hiding: Hiding): string {
	const held = hiding.block && inBlock(line, hiding.block);
	if (held !== undefined) {
		if (held.isLast) hiding.block = undefined;
		return held.text;
	}
	if (hiding.block && line.trim() !== "") hiding.block = undefined;
	const section = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$/.exec(
		line,
	)?.[1];
	if (section !== undefined && /^[\w."' -]+$/.test(section)) {
		const rank = rankOf(section.split(".").at(-1) ?? "");
		if (isNamed(rank)) hiding.block = { section: rank };
		return line;
	}
	return valueOfNamed(line, hiding) ?? maskNamed(maskFlags(line), hiding);
}

function isNamed(rank: Rank): boolean {
	return rank === "strict" || rank === "strong";
}

/** `value: …` behind `name: API_KEY`, and what follows the flag of a program in a list. */
function valueOfNamed(line: string, hiding: Hiding): string | undefined {
	const { named } = hiding;
	hiding.named = nextNamed(line, named);
	if (named === undefined) return undefined;
	const form = named.name.startsWith("-")
		? /^(\s*(?:- )?)(.+?)(,?\s*)$/
		: /^(\s*(?:- )?["']?(?:value|val)["']?\s*[:=]\s*)(.+?)(,?\s*)$/i;
	const [, before, value = "", after] = form.exec(line) ?? [];
	if (before === undefined) return undefined;
	const bare = value.replace(/^(["'])(.*)\1$/, "$2");
	hiding.named = undefined;
	return isOpenlySaid(bare, rankOf(named.name))
		? line
		: `${before}${MASK}${after}`;
}

function nextNamed(line: string, before: Hiding["named"]): Hiding["named"] {
	const flag = /^\s*(?:- )?["']?(--?[A-Za-z][\w.-]*)["']?,?\s*$/.exec(
		line,
	)?.[1];
	const name =
		flag ??
		/^\s*(?:- )?["']?(?:name|key|variable|env)["']?\s*[:=]\s*["']?([A-Za-z_][\w.-]*)["']?,?\s*$/i.exec(
			line,
		)?.[1];
	if (name !== undefined && isNamed(rankOf(name))) return { name, lines: 2 };
	if (before === undefined || before.lines === 1) return undefined;
	return { ...before, lines: before.lines - 1 };
}

/** `--api-key …` as it is typed. */
function maskFlags(line: string): string {
	return line.replace(FLAG, (whole, before: string, name: string) =>
		isNamed(rankOf(name)) ? `${before}${MASK}` : whole,
	);
}

const FLAG =
	/((?<![^\s"'`([])--?([A-Za-z][\w.-]{0,60})[ =]{1,4})(?:"[^"]*"|'[^']*'|(?!-)[^\s"'`]+)/g;

/** A name of up to three words, and what stands between it and its value. */
const NAME =
	/(?<![\w.]|\w-)((?:[A-Za-z][\w.-]{0,60} ){0,2}[A-Za-z_][\w.-]{0,400})(\\{0,7}["']?\]?\s{0,20}(?::=|=>|[:=：])\s{0,20}|\\{0,7}["'],\s{0,4}(?=\\{0,7}["'])|>(?=[^<>]{1,999}<\/))/g;

/** Nothing stands before it but what makes a line an item, a comment or a quotation. */
const FIRST = /^[\s"'>#*-]*(?:export |set |- )?["']?$/;

function maskNamed(line: string, hiding: Hiding): string {
	let text = "";
	let done = 0;
	NAME.lastIndex = 0;
	for (let found = NAME.exec(line); found !== null; found = NAME.exec(line)) {
		const [whole, name = "", between = ""] = found;
		const rank = rankFor(line, found.index, name, between);
		if (rank === "harmless") continue;
		const at = found.index + whole.length;
		const isFirst = FIRST.test(line.slice(0, found.index));
		const end = endOfValue(line, at, { name, isFirst, rank, hiding });
		const value = line.slice(at, end);
		text += line.slice(done, at) + shownValue(value, rank);
		done = end;
		NAME.lastIndex = Math.max(end, at);
	}
	return text + line.slice(done);
}

/** Of the flag of a program what follows it counts, and of a list only where it is one. */
function rankFor(
	line: string,
	at: number,
	name: string,
	between: string,
): Rank {
	const isFlag = /^--?$/.test(line.slice(0, at).match(/-{0,2}$/)?.[0] ?? "");
	if (/^\\*["'],/.test(between) && !isFlag) return "harmless";
	return rankOf(name);
}

function shownValue(value: string, rank: Rank): string {
	const [, open = "", bare = "", close = ""] =
		/^(\\*["'])?([\s\S]*?)(\1)?$/.exec(value) ?? [];
	const stays = /^[[{(|>&*]?[+-]?$/.test(value) || isOpenlySaid(bare, rank);
	return stays ? value : `${open}${MASK}${close}`;
}

interface Named {
	readonly name: string;
	/** It is the first of its line, and has all of it. */
	readonly isFirst: boolean;
	readonly rank: Rank;
	readonly hiding: Hiding;
}

/** Where the value that begins at a place of a line ends. What goes on in other lines is hidden there. */
function endOfValue(line: string, at: number, named: Named): number {
	const rest = line.slice(at);
	const indent = line.length - line.trimStart().length;
	const { hiding, rank, isFirst } = named;
	const [, triple] = /^("""|'''|`)/.exec(rest) ?? [];
	const [, quote = ""] = /^(\\*["'])/.exec(rest) ?? [];
	if (triple) return endOfText(line, at + triple.length, triple, hiding);
	if (quote !== "") return endOfText(line, at + quote.length, quote, hiding);
	if (isFirst && rank !== "weak") hideBelow(rest, indent, named);
	if (rank === "weak" ? rest.startsWith("[") : /^[[{]/.test(rest))
		return at + lengthOfBrackets(rest);
	const isWhole =
		(isFirst && rank !== "weak") || /cookie|authorization/i.test(named.name);
	if (!isWhole) return at + rest.search(END_OF_WORD);
	// As in `-H "Cookie: a=b; c=d"`. Else an apostrophe may be part of it.
	const [opened] = /["'`](?=[^"'`]*$)/.exec(line.slice(0, at)) ?? [];
	const end = opened === undefined ? -1 : rest.indexOf(opened);
	return end < 0 ? line.length : at + end;
}

const END_OF_WORD =
	/\s|["'`<]|\\(?=["'nrt])|,(?=\s|["'{[]|[\w-]+["']?[:=]|$)|[)}\]](?=[\s,;)}\]"'.]|$)|$/;

/** What stands further in than the name goes on with its value, whatever that begins with. */
function hideBelow(rest: string, indent: number, { rank, hiding }: Named) {
	const isEmpty = /^\s*(#.*)?$/.test(rest);
	const isNested = isEmpty || /^(?:[[{(]|[&!]\S+)\s*(#.*)?$/.test(rest);
	// Items of a list may stand as far in as their name.
	const least = isEmpty ? indent : indent + 1;
	hiding.block = { indent: least, isText: !isNested, rank };
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

function lengthOfBrackets(text: string): number {
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		if ("[{".includes(text[at] ?? "")) depth++;
		if ("]}".includes(text[at] ?? "") && --depth === 0) return at + 1;
	}
	return text.length;
}
