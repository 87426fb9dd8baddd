/** A chat on paper: who says what. In colour only on a terminal, and not with NO_COLOR. */
import { styleText } from "node:util";

const WIDTH = 100;
const AGENT = "agent ◂ ";
const INDENT = " ".repeat(AGENT.length);

/** What stands before the person's words, here and at the prompt. */
export const YOU = `${styleText(["bold", "cyan"], "  you ▸")} `;

export function showPerson(text: string): void {
	console.log(`\n${YOU}${styleText("bold", text)}`);
}

export function showAgent(text: string): void {
	const [first = "", ...rest] = linesOf(text, WIDTH - AGENT.length);
	console.log(`${styleText(["bold", "green"], AGENT.trimEnd())} ${first}`);
	for (const line of rest) console.log(line && INDENT + line);
}

/** What happens around the chat. */
export function showStory(text: string): void {
	console.log();
	for (const line of linesOf(text, WIDTH)) console.log(styleText("dim", line));
}

/** One thing that was looked up, and whether it is as it should be. */
export function showFact(
	place: string,
	measured: string,
	wanted: string,
): void {
	const right = measured === wanted;
	const mark = right ? styleText("green", "✓") : styleText("red", "✗");
	const wrong = right ? "" : styleText("red", `, and not: ${wanted}`);
	console.log(`${INDENT}${mark} ${place.padEnd(15)} ${measured}${wrong}`);
}

function linesOf(text: string, width: number): string[] {
	return text.split("\n").flatMap((line) => wrap(line, width));
}

/** Breaks at spaces, and indents what follows a little more. A word that is too long stays whole. */
function wrap(text: string, width: number): string[] {
	const indent = /^ */.exec(text)?.[0] ?? "";
	const lines = [];
	let rest = text;
	while (rest.length > width) {
		const start = /^ */.exec(rest)?.[0].length ?? 0;
		const before = rest.lastIndexOf(" ", width);
		const cut = before > start ? before : rest.indexOf(" ", width);
		if (cut < 0) break;
		lines.push(rest.slice(0, cut).trimEnd());
		rest = `${indent}  ${rest.slice(cut).trimStart()}`;
	}
	return [...lines, rest];
}
