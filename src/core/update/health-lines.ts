import { itemFor, namesFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";

/** Characters; what is shorter may well be written anew. */
const MUCH = 200;
/** Lines, without headings. */
const SEVERAL = 3;

/** What a text that people and agents write does not say any more; undefined: nothing. */
export function whyLinesLost(
	host: Host,
	path: string,
	before: readonly string[],
	after: readonly string[],
	elsewhere: ReadonlySet<string>,
): string | undefined {
	// Only the lines are other ones.
	if (wordsOf(before) === wordsOf(after)) return undefined;
	const kept = before.filter((line) => elsewhere.has(line));
	if (kept.length * 2 > before.length) return undefined;
	const [was, is] = [before, after].map((lines) => lines.join("").length);
	if (was !== undefined && is !== undefined && was >= MUCH && is * 10 < was)
		return "has lost nearly all it said";
	// Files within a directory of skills or commands may be an update's own.
	const isPersons = namesFor(host, path).includes(
		itemFor(host, path)?.path ?? "",
	);
	const said = before.filter((line) => !line.startsWith("#"));
	const isOther = !said.some((line) => after.includes(line));
	return isPersons && said.length >= SEVERAL && isOther
		? "has not one line of before"
		: undefined;
}

function wordsOf(lines: readonly string[]): string {
	return lines.join(" ").replace(/\s+/g, " ");
}
