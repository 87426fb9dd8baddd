import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** What is worth a colour in our replies, and nothing else: heads, what is wrong, what waits. */
const COLOURED: readonly (readonly [RegExp, Style])[] = [
	[/^ *# {2}When .*$/m, "bold"],
	[/^Usage: .*$/m, "bold"],
	[/^Damaged, .*$/gm, "red"],
	[/\b(?:INCOMPLETE|DAMAGED|UNHEALTHY|STALE|FAILED)\b/g, "red"],
	[/^A (?:restore|compact) (?:was interrupted|of .* waits)\b.*$/gm, "yellow"],
];

export interface Terminal {
	readonly isTerminal: boolean;
	readonly environment: Readonly<Record<string, string | undefined>>;
}

/** As no-color.org and force-color.org have it. */
export function wantsColour({ isTerminal, environment }: Terminal): boolean {
	const { NO_COLOR, FORCE_COLOR, TERM } = environment;
	if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
	return isTerminal && !NO_COLOR && TERM !== "dumb";
}

/** A reply for a terminal that wants colour. Of an error the first line says what failed. */
export function coloured(text: string, isError: boolean): string {
	const painted = COLOURED.reduce(
		(done, [pattern, style]) =>
			done.replace(pattern, (found) => paint(style, found)),
		text,
	);
	return isError
		? painted.replace(/^.*$/m, (first) => paint("red", first))
		: painted;
}

function paint(style: Style, text: string): string {
	return styleText(style, text, { validateStream: false });
}
