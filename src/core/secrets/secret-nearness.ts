import { isHash } from "./secret-forms.ts";
import { mentionsPassword } from "./secret-languages.ts";
import { looksLikeSecret } from "./secret-looks.ts";
import { MASK } from "./secret-mask.ts";
import { rankOf } from "./secret-names.ts";

/** So far from the word for it a secret is looked for, in characters of its line. */
const NEAR = 300;

/** A line of most texts has none of these, and nothing else is looked for there. */
const HINT =
	/pass|pw|pin|otp|token|secret|key|cred|auth|cookie|bearer|jwt|psk|log|sign.?in|identified|securestring/i;
/** Words for secrets that are several, and such as name none themselves. */
const SAID =
	/\bapi[ -]keys?\b|\b(?:access|private|secret)[ -]keys?\b|\b(?:api|access|auth|bot|refresh)[ -]tokens\b|\blog(?:ged|ging)?[ -]?in\b|\bsign(?:ed)?[ -]?in\b|\bidentified by\b|securestring|\b(?:basic|proxy)?[-_]?auth\b|\b(?:pass|requirepass|masterauth)\b/gi;
const NAME = /[A-Za-z_][\w-]{1,100}/g;

/** It says what the next line is: "Password:", "<key>password</key>". */
const GOES_ON = /(?::[\s*_"'`]{0,10}|<\/key>\s{0,10})$/;

/** The same without a colon: "**API key**", "## Password", "Password" above a line. */
const HEADING =
	/^\s{0,8}(?:#{1,6} {1,3})?[*_]{0,3}[A-Za-z]{1,20}(?:[ -][A-Za-z]{1,20}){0,3}[*_]{0,3}[ #]{0,8}\r?$/;
const UNDERLINE = /^\s{0,3}[=-]{3,}\s{0,3}$/;

/**
 * Masks what looks like a secret on a line that holds a word for one anywhere, and on the line behind one that ends with a
 * colon: whatever stands between them. Each line is read once.
 * @param hide is told what is hidden
 */
export function maskNear(text: string, hide: (value: string) => void): string {
	if (!HINT.test(text) && !mentionsPassword(text)) return text;
	let isBehind = false;
	return text
		.split("\n")
		.map((line) => {
			if (line.trim() === "" || (isBehind && UNDERLINE.test(line))) return line;
			const own = nearIn(line);
			const near = isBehind ? [{ from: 0, to: NEAR }, ...own] : own;
			isBehind =
				own.length > 0 && (GOES_ON.test(line.slice(-20)) || HEADING.test(line));
			return near.length === 0 ? line : maskLine(line, near, hide);
		})
		.join("\n");
}

interface Stretch {
	readonly from: number;
	readonly to: number;
}

/** The parts of a line that are near a word for a secret, in their order. */
function nearIn(line: string): Stretch[] {
	if (mentionsPassword(line)) return [{ from: 0, to: line.length }];
	if (!HINT.test(line)) return [];
	const places = [...line.matchAll(SAID), ...namesIn(line)]
		.map(({ index }) => index)
		.sort((one, other) => one - other);
	const near: Stretch[] = [];
	for (const at of places) {
		const before = near.at(-1);
		const from = Math.max(at - NEAR, 0);
		if (before && before.to >= from) near.pop();
		near.push({
			from: before && before.to >= from ? before.from : from,
			to: at + NEAR,
		});
	}
	return near;
}

function namesIn(line: string) {
	return [...line.matchAll(NAME)].filter(([name]) => {
		if (!HINT.test(name)) return false;
		const rank = rankOf(name);
		return rank === "strict" || rank === "strong";
	});
}

/** Within quotes, or between blanks, quotes and brackets. */
const WORD =
	/(?<=(["'`]))[^\s"'`()[\]{}<>:=\\]{6,200}(?=\1)|[^\s"'`<>()[\]{},;|\\“”„]+/g;

function maskLine(
	line: string,
	near: readonly Stretch[],
	hide: (value: string) => void,
): string {
	let at = 0;
	return line.replace(WORD, (word: string, _quote, index: number) => {
		while ((near[at]?.to ?? Number.POSITIVE_INFINITY) < index) at++;
		const stretch = near[at];
		if (stretch === undefined || index + word.length < stretch.from)
			return word;
		return shown(word, index, line, hide);
	});
}

function shown(
	word: string,
	index: number,
	line: string,
	hide: (value: string) => void,
): string {
	if (word.includes(MASK) || OF_ADDRESS.test(word)) return word;
	const end = index + word.length;
	const quote = line[index - 1] ?? "";
	const isQuoted = /["'`]/.test(quote) && line[end] === quote;
	const before = NAMED.exec(word)?.[0] ?? "";
	const value = word.slice(before.length).replace(/[.:…]+$|(?<=\w)[*_]+$/, "");
	// It is called.
	if (line[end] === "(") return word;
	if (!looksLikeSecret(value, isQuoted)) return word;
	if (isHash(line.slice(Math.max(0, index - 40), index) + before)) return word;
	hide(value);
	return before + MASK + word.slice(before.length + value.length);
}

/** Of an address; a login in it is told by its form. And of a query: "a=1&b=2". */
const OF_ADDRESS = /:\/\/|^arn:|^[^=&]{0,100}=[^=&]{0,200}&[\w.-]{1,60}=/;

/** "ada:…", "API_KEY=…", "--token=…", "**…" */
const NAMED = /^[*_]*(?:-{0,2}[A-Za-z_][A-Za-z_.-]*\d?(?::=|[:=]))*[*_]*/;
