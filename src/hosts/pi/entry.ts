/** Our answers as entries of pi's transcript: they stay, also over a reload, and the model is not given them. */
import { printable } from "../../core/words.ts";

/** What is used of a component of pi's terminal (pi-tui): its package is not needed to build ours. */
export interface PiComponent {
	render(width: number): string[];
	invalidate(): void;
}

/** As pi hands it back: perhaps one that another version of us wrote. */
export interface PiEntry {
	readonly data?: unknown;
}

export const ENTRY = "agent-snapshot";

export interface EntryData {
	/** What was typed, which pi does not show for commands. */
	readonly typed: string;
	readonly text: string;
}

export function renderEntry({ data }: PiEntry): PiComponent | undefined {
	const { typed, text }: Partial<EntryData> = Object(data);
	if (typeof typed !== "string" || typeof text !== "string") return undefined;
	const [first = "", ...more] = linesOf(typed);
	const lines = [
		`> ${first}`,
		...more.map((line) => `  ${line}`),
		...linesOf(text),
	];
	return {
		// pi ends with an error when a line is wider than its terminal.
		render: (width) => [
			"",
			...lines.flatMap((line) => fold(` ${line}`, width)),
		],
		invalidate() {},
	};
}

/** What was pasted may hold line breaks, too, and characters that would move the cursor of its terminal. */
function linesOf(text: string): string[] {
	return text.split(/\r\n|\r|\n/).map(printable);
}

/** Lines of at most that many columns. What is not ASCII may take two of them. */
export function fold(line: string, width: number): string[] {
	const folded: string[] = [];
	let current = "";
	let columns = 0;
	for (const character of line) {
		const wide = character <= "~" ? 1 : 2;
		if (columns + wide > width && current !== "") {
			folded.push(current);
			current = "";
			columns = 0;
		}
		current += character;
		columns += wide;
	}
	return [...folded, current];
}
