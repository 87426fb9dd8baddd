/** What Markdown, or a chat, takes for markup, a link or a mention. */
const MARKUP = /[*_`~<>[\]|\\@]|:\/\//;
/** What makes a heading, a list or a quotation of a line that begins with it. */
const BEGINNING = /^(?:[#+>-]|\d+[.)])/;

/**
 * Our plain text as Markdown that is shown as it is: what stands in columns as a block of code, words with markup in them
 * (labels, ids, `<number>`) as code. Nothing of others becomes a link, a mention or bold.
 */
export function asMarkdown(text: string): string {
	const groups: { isBlock: boolean; lines: string[] }[] = [];
	for (const line of text.split("\n")) {
		const isBlock = /^\s|\S {2,}\S/.test(line);
		const last = groups.at(-1);
		if (last?.isBlock === isBlock) last.lines.push(line);
		else groups.push({ isBlock, lines: [line] });
	}
	return groups
		.map(({ isBlock, lines }) =>
			isBlock
				? asBlock(lines.join("\n"))
				: // Two blanks at its end keep a line from flowing into the next one.
					lines.map(escaped).join("  \n"),
		)
		.join("\n");
}

/** As Markdown that is shown as it is: tables, numbers in front and `<number>` would be taken for something else. */
export function asBlock(text: string): string {
	const fence = "`".repeat(longestRun(text, 2) + 1);
	return `${fence}\n${text}\n${fence}`;
}

/** What a terminal that knows markup within a line takes for that. It knows no blocks, and leaves all else as it is. */
const INLINE = /[*`]|~~|\]\(|<\/?u>/;

/** For such a terminal: of what it would take for markup, each word as code, of which it hides the marks only. */
export function asInline(text: string): string {
	return text
		.split(/(?<=[ \n])|(?=[ \n])/)
		.map((word) => (INLINE.test(word) ? asCode(word) : word))
		.join("");
}

function escaped(line: string): string {
	return line
		.split(" ")
		.map((word, index) =>
			MARKUP.test(word) || (index === 0 && BEGINNING.test(word))
				? asCode(word)
				: word,
		)
		.join(" ");
}

function asCode(word: string): string {
	const ticks = "`".repeat(longestRun(word, 0) + 1);
	const blank = word.includes("`") ? " " : "";
	return `${ticks}${blank}${word}${blank}${ticks}`;
}

function longestRun(text: string, least: number): number {
	return (text.match(/`+/g) ?? [])
		.map((run) => run.length)
		.reduce((one, other) => Math.max(one, other), least);
}
