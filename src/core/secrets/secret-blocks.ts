import { MASK } from "./secret-mask.ts";
import type { Rank } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** What of a text is hidden beyond the line that says so. */
export interface Hiding {
	/** Everything is hidden as long as it goes on. */
	block: Block | undefined;
	/** The next line, or the one after, says what this has as its value. */
	named: { readonly name: string; readonly lines: number } | undefined;
}

export type Block =
	/** Whatever stands further in, and items of a list as far in. */
	| { readonly indent: number; readonly isText: boolean; readonly rank: Rank }
	/** Up to a quote that ends it. */
	| { readonly until: string }
	/** Up to the next section. */
	| { readonly section: Rank };

/** Undefined: it is not of the block any more. */
export function inBlock(
	line: string,
	block: Block,
): { text: string; isLast: boolean } | undefined {
	if ("until" in block) {
		const end = line.indexOf(block.until);
		const rest = end < 0 ? "" : line.slice(end);
		return { text: `${MASK}${rest}`, isLast: end >= 0 };
	}
	if (line.trim() === "") return { text: line, isLast: false };
	if ("section" in block)
		return /^\s*\[/.test(line)
			? undefined
			: { text: maskItem(line, block.section), isLast: false };
	const indent = line.length - line.trimStart().length;
	const isItem = indent === block.indent && /^\s*- /.test(line);
	if (indent < block.indent || (indent === block.indent && !isItem))
		return undefined;
	const text = block.isText
		? `${line.slice(0, indent)}${MASK}`
		: maskItem(line, block.rank);
	return { text, isLast: false };
}

/** A line of what is hidden: its name, if it has one, and brackets stay. */
function maskItem(line: string, rank: Rank): string {
	if (/^\s*(?:[[\]{}(),]*|#.*|\/\/.*)\s*$/.test(line)) return line;
	const found =
		/^(\s*(?:- )?(?:["']?[A-Za-z_][\w.-]*["']?(?:\s*:(?=\s|$)|\s+=)\s*)?)(.*?)([\s,]*)$/.exec(
			line,
		);
	const [, before = "", value = "", after = ""] = found ?? [];
	const bare = value.replace(/^(["'])(.*)\1$/, "$2");
	const stays = /^[[{]?$/.test(value) || isOpenlySaid(bare, rank);
	return stays ? line : `${before}${MASK}${after}`;
}
