import { maskServiceKeys } from "../../core/secrets/service-keys.ts";
import { bytesText, pathText } from "../../core/words.ts";
import type { Phase } from "../../system/system.ts";

/** How far long work is. */
export interface Standing {
	readonly phase: Phase;
	readonly path: string | undefined;
	/** Bytes of this phase. */
	readonly done: number;
	/** Undefined: nobody knows. */
	readonly total: number | undefined;
	/** Undefined before anything can be said of it. */
	readonly bytesPerSecond: number | undefined;
}

const DOING: Readonly<Record<Phase, string>> = {
	waiting: "Waiting for another command to end",
	looking: "Looking at the files",
	copying: "Copying",
	comparing: "Comparing",
	checking: "Checking",
	writing: "Writing to disk",
	verifying: "Verifying",
	restoring: "Putting back",
	removing: "Removing",
	sending: "Sending",
	fetching: "Fetching",
};

/** "Copying state.db  312 MB of 1.9 GB  410 MB/s  4 s left", which is no wider than that. */
export function progressLine(standing: Standing, width: number): string {
	const { phase, path, done, total, bytesPerSecond: speed } = standing;
	const parts: string[] = [];
	if (done > 0)
		parts.push(
			total === undefined || total < done
				? bytesText(done)
				: `${bytesText(done)} of ${bytesText(total)}`,
		);
	if (done > 0 && speed !== undefined) parts.push(`${bytesText(speed)}/s`);
	if (done > 0 && speed && total !== undefined && total > done)
		parts.push(`${leftText((total - done) / speed)} left`);
	const figures = parts.map((part) => `  ${part}`).join("");
	const name = path === undefined ? "" : ` ${pathText(maskServiceKeys(path))}`;
	const what = cut(`${DOING[phase]}${name}`, width - columnsOf(figures));
	return cut(`${what}${figures}`, width);
}

/** "4 s", "2 min", "1.5 h" */
function leftText(seconds: number): string {
	if (seconds < 99.5) return `${Math.ceil(seconds)} s`;
	if (seconds < 5970) return `${Math.round(seconds / 60)} min`;
	return `${(seconds / 3600).toFixed(1)} h`;
}

function cut(text: string, width: number): string {
	if (columnsOf(text) <= width) return text;
	const kept = [...text];
	while (kept.length > 0 && columnsOf(kept.join("")) >= width) kept.pop();
	return width > 0 ? `${kept.join("")}…` : "";
}

/** All that is not Latin is taken to be twice as wide: a line that is too short is none that wraps. */
export function columnsOf(text: string): number {
	const isNarrow = (one: string) => one < "\u0300" || one === "…";
	return [...text].reduce((sum, one) => sum + (isNarrow(one) ? 1 : 2), 0);
}

/** For a chat that shows one line before the reply, from a line of `--progress json`. Undefined: it is none. */
export function longText(event: string): string | undefined {
	const { phase, total } = parsed(event);
	if (!Object.hasOwn(DOING, String(phase))) return undefined;
	const size = Number(total) > 0 ? ` ${bytesText(Number(total))}` : "";
	return `${DOING[phase as Phase]}${size}: this takes some seconds…`;
}

function parsed(line: string): { phase?: unknown; total?: unknown } {
	try {
		return Object(JSON.parse(line));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return {};
	}
}
