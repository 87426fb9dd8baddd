import { MASK } from "./secret-mask.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** Shorter ones are words and numbers of other things, too. */
const SHORTEST = 6;

/** Whether what is hidden in one place tells something where it stands again, as no plain word does. */
export function isRepeatable(value: string): boolean {
	return value.length >= SHORTEST && !isOpenlySaid(value, "weak");
}

/** Old values in comments, copies under other names: what was hidden once is hidden wherever it stands by itself. */
export function maskRepeated(text: string, found: ReadonlySet<string>): string {
	const known = new Set([...found].filter(isRepeatable));
	if (known.size === 0) return text;
	return text.replace(WORD, (word) => {
		const bare = word.replace(/[.:!?]$/, "");
		return known.has(bare) ? MASK + word.slice(bare.length) : word;
	});
}

const WORD = /[^\s"'`,;()[\]{}<>=\\]{6,}/g;
