import { MASK } from "./secret-mask.ts";

/** Characters without a blank or a quote between them: pictures and the like, which nobody reads. */
const LONGEST = 500_000;

/**
 * A pattern keeps each step over such a run in memory, and there is not enough for ten million. What is so long is masked as a
 * whole; by hand, for the same reason.
 */
export function withoutLongest(text: string): string {
	if (text.length <= LONGEST) return text;
	let masked = "";
	let done = 0;
	for (let at = 0, from = 0; at <= text.length; at++) {
		if (at < text.length && !isBetween(text.charCodeAt(at))) continue;
		if (at - from > LONGEST) {
			masked += text.slice(done, from) + MASK;
			done = at;
		}
		from = at + 1;
	}
	return masked + text.slice(done);
}

/** A blank, a line's end or a quote. */
function isBetween(code: number): boolean {
	return code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x60;
}
