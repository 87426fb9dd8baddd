import { MASK, maskText } from "../core/secrets/secrets.ts";
import { unescaped } from "./unescaped.ts";

/** What masks hide of a line, and what stands around it there. */
export interface Hidden {
	readonly value: string;
	readonly before: string;
	readonly after: string;
	/** From 1. */
	readonly line: number;
	/** The lines that stand before it, and its own, which is the last. */
	readonly above: readonly string[];
}

type Part = Pick<Hidden, "value" | "before" | "after">;

/** So many lines before it may say what it is. */
const ABOVE = 12;

/** In characters: more of a line says nothing of what stands in it. */
const AROUND = 300;

/** All that `diff` would hide of a text, one after another. */
export function* hiddenIn(text: string): Generator<Hidden> {
	const masked = maskText(text);
	if (masked === text) return;
	const shown = masked.split("\n");
	const lines = text.split("\n");
	for (const [at, line] of lines.entries()) {
		const seen = shown[at] ?? "";
		if (seen === line) continue;
		const above = lines.slice(Math.max(0, at - ABOVE), at);
		for (const one of partsHidden(line, seen)) {
			// Lines within a text of JSON.
			const within = unescaped(one.before).split("\n");
			const before = within.at(-1) ?? "";
			const all = [...above, ...within.slice(0, -1), before + one.value];
			yield { ...one, before, line: at + 1, above: all };
		}
	}
}

/** Between what can be seen of it. Of a line that was written anew, all that is not as it was. */
function partsHidden(line: string, seen: string): Part[] {
	const [first = "", ...others] = seen.split(MASK);
	const parts: Part[] = [];
	let from = first.length;
	if (!line.startsWith(first)) return [changedPart(line, seen)];
	for (const [index, other] of others.entries()) {
		const isLast = index === others.length - 1;
		const to = isLast ? line.length - other.length : line.indexOf(other, from);
		if (to < from || !line.startsWith(other, to))
			return [...parts, changedPart(line, seen)];
		parts.push(part(line, from, to));
		from = to + other.length;
	}
	return parts;
}

function changedPart(line: string, seen: string): Part {
	const most = Math.min(line.length, seen.length);
	let from = 0;
	while (from < most && line[from] === seen[from]) from++;
	let behind = 0;
	while (behind < most - from && line.at(-1 - behind) === seen.at(-1 - behind))
		behind++;
	return part(line, from, line.length - behind);
}

function part(line: string, from: number, to: number): Part {
	return {
		value: line.slice(from, to),
		before: line.slice(Math.max(0, from - AROUND), from),
		after: line.slice(to, to + AROUND),
	};
}
