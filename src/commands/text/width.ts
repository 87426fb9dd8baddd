import { eastAsianWidth } from "get-east-asian-width";
import stringWidth from "string-width";
import { isAscii } from "../../core/words.ts";

/** Columns of a terminal that a text takes: two for most emoji and for CJK, none for what is combined with a letter. */
export function widthOf(text: string): number {
	if (isAscii(text)) return text.length;
	if (TOGETHER.test(text)) return stringWidth(text);
	// What stands for itself needs none of its patterns, of which V8 takes 40 ms to make the first.
	let width = 0;
	for (const character of text)
		width += eastAsianWidth(character.codePointAt(0) ?? 0);
	return width;
}

/** Emoji, and what is shown together with its neighbours: marks, joiners, parts of Hangul, halfwidth sound marks. */
const TOGETHER =
	/[\p{M}\p{C}\p{Default_Ignorable_Code_Point}\p{Emoji_Presentation}\p{Extended_Pictographic}\u1100-\u11ff\uff9e\uff9f]/u;

/** With blanks up to a width. */
export function padded(
	text: string,
	width: number,
	side: "left" | "right" | undefined = "left",
): string {
	const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
	return side === "left" ? text + blanks : blanks + text;
}

/** Cuts long text to a width, with an ellipsis, and never through what is shown as one character. */
export function shortened(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	if (isAscii(text)) return `${text.slice(0, width - 1)}…`;
	let kept = "";
	let used = 0;
	for (const { segment } of new Intl.Segmenter().segment(text)) {
		used += widthOf(segment);
		if (used > width - 1) break;
		kept += segment;
	}
	return `${kept}…`;
}

/** Lines of at most that many columns, broken between words. A longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
	const lines: string[] = [];
	for (const word of text.split(" ")) {
		const last = lines.at(-1);
		const longer = last === undefined ? word : `${last} ${word}`;
		if (last !== undefined && widthOf(longer) <= width)
			lines[lines.length - 1] = longer;
		else lines.push(word);
	}
	return lines;
}

/** Of each column, its longest word. */
export function widthsOf(rows: readonly (readonly string[])[]): number[] {
	const widths: number[] = [];
	for (const row of rows)
		for (const [column, word] of row.entries())
			widths[column] = Math.max(widths[column] ?? 0, widthOf(word));
	return widths;
}

/** What stands between two columns. */
export const GAP = "  ";
/** Shorter than this a column says nothing any more. */
const LEAST = 8;

/** Rows that are no wider than `most`, by shortening the widest columns. */
export function fitted(
	rows: readonly (readonly string[])[],
	most: number | undefined,
): readonly (readonly string[])[] {
	if (most === undefined) return rows;
	const widths = widthsOf(rows);
	const gaps = (widths.length - 1) * GAP.length;
	let over = widths.reduce((sum, width) => sum + width, gaps) - most;
	if (over <= 0) return rows;
	for (; over > 0 && Math.max(...widths) > LEAST; over--) {
		const widest = widths.indexOf(Math.max(...widths));
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return rows.map((row) =>
		row.map((word, column) => shortened(word, widths[column] ?? 0)),
	);
}
