import { MASK } from "./secret-mask.ts";
import type { Rank } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";
import { maskWithin } from "./secret-within.ts";

/** What of a text is hidden beyond the line that says so. */
export interface Hiding {
	/** Everything is hidden as long as it goes on. */
	block: Block | undefined;
	/** The next line, or the one after, says what this has as its value. */
	named: NamedBefore | undefined;
	/** Nearly all of its lines are `NAME=value`: it is a file of variables, whatever it is called. */
	readonly isVariables: boolean;
	/** YAML's names of what a secret elsewhere refers to. */
	readonly anchors: ReadonlySet<string>;
	/** What was hidden because of where it stands. */
	readonly found: Set<string>;
}

export interface NamedBefore {
	/** How the line begins that says it. */
	readonly begins: RegExp;
	readonly rank: Rank;
	/** In so many lines it must come. */
	readonly lines: number;
}

/** Up to the bracket that ends it: so many are open. */
interface Brackets {
	readonly depth: number;
	readonly rank: Rank;
}

/** With the rank of what it hides: `inner` below a name like `env`. */
export type Block =
	/** Whatever stands further in, and items of a list as far in. */
	| { readonly indent: number; readonly isText: boolean; readonly rank: Rank }
	/** Up to a quote that ends it. */
	| { readonly until: string }
	| Brackets
	/** Up to the next section. */
	| { readonly section: Rank };

/** A line of a block, or what of it still is. */
export interface Held {
	readonly text: string;
	/** What follows the end of the block; undefined: it goes on. */
	readonly rest?: string;
}

/** Undefined: it is not of the block any more. */
export function inBlock(line: string, hiding: Hiding): Held | undefined {
	const { block } = hiding;
	if (block === undefined) return undefined;
	if ("until" in block) return inText(line, block.until);
	if (line.trim() === "") return { text: line };
	if ("depth" in block) return inBrackets(line, block, hiding);
	if ("section" in block)
		return /^\s*\[/.test(line)
			? undefined
			: { text: maskItem(line, block.section, hiding) };
	const indent = line.length - line.trimStart().length;
	const isItem = indent === block.indent && /^\s*- /.test(line);
	if (indent < block.indent || (indent === block.indent && !isItem))
		return undefined;
	if (!block.isText) return { text: maskItem(line, block.rank, hiding) };
	hiding.found.add(line.trim());
	return { text: `${line.slice(0, indent)}${MASK}` };
}

function inText(line: string, until: string): Held {
	const end = line.indexOf(until);
	if (end < 0) return { text: MASK };
	const after = end + until.length;
	return { text: `${MASK}${until}`, rest: line.slice(after) };
}

function inBrackets(
	line: string,
	{ depth, rank }: Brackets,
	hiding: Hiding,
): Held {
	const found = endOfBrackets(line, depth);
	hiding.block = { depth: found.depth, rank };
	const own = line.slice(0, found.end);
	const text = maskItem(own, rank, hiding);
	return found.depth > 0 ? { text } : { text, rest: line.slice(found.end) };
}

/** Behind the bracket that ends it, or how many are open at the end of the text. Those within quotes do not count. */
export function endOfBrackets(
	text: string,
	open: number,
): { readonly end: number; readonly depth: number } {
	let depth = open;
	let quote = "";
	for (let at = 0; at < text.length; at++) {
		const character = text[at] ?? "";
		if (quote !== "") {
			if (character === "\\" && quote === '"') at++;
			else if (character === quote) quote = "";
		} else if (character === '"' || isQuote(text, at)) quote = character;
		else if (character === "[" || character === "{") depth++;
		else if (character === "]" || character === "}") depth--;
		if (depth === 0) return { end: at + 1, depth };
	}
	return { end: text.length, depth };
}

/** And no apostrophe within a word. */
function isQuote(text: string, at: number): boolean {
	return text[at] === "'" && /^$|[\s:,[{(]/.test(text[at - 1] ?? "");
}

/** A line of what is hidden: its name, if it has one, and brackets stay. */
export function maskItem(line: string, rank: Rank, hiding: Hiding): string {
	if (/^\s*(?:[[\]{}(),]*|#.*|\/\/.*)$/.test(line.trimEnd())) return line;
	if (rank === "inner")
		return maskWithin(line, (value) => hiding.found.add(value));
	const before =
		/^\s*(?:- )?(?:["']?[A-Za-z_][\w.-]*["']?(?:\s{0,20}:(?=\s|$)|\s{1,20}=)\s*)?/.exec(
			line,
		)?.[0] ?? "";
	const value = withoutEnd(line.slice(before.length));
	const bare = value.replace(/^(["'])([\s\S]*)\1$/, "$2");
	if (/^[[{]?$/.test(value) || isOpenlySaid(bare, rank)) return line;
	hiding.found.add(bare);
	return `${before}${MASK}${line.slice(before.length + value.length)}`;
}

/** Without the blanks and commas behind it. */
function withoutEnd(text: string): string {
	let end = text.length;
	while (end > 0 && /[\s,]/.test(text[end - 1] ?? "")) end--;
	return text.slice(0, end);
}
