import { MASK, masked } from "./secret-mask.ts";

/** As many words as the phrases of wallets have. */
const LENGTHS = new Set([12, 15, 18, 21, 24]);

/** Short words of small letters, on one line, and not part of more. */
const INLINE =
	/(?<![\w'-]|\b[a-z]{3,8}[ \t]{1,3})[a-z]{3,8}(?:[ \t]{1,3}[a-z]{3,8}){11,23}(?![\w'-]|[ \t]{1,3}[a-z]{3,8}\b)/g;
/** On several: numbered, or some on each. A list of names has one on each. */
const NUMBERED =
	/(?<=^|\n)(?:\d{1,2}[.):]? [a-z]{3,8}[ \r]?\n){11,23}\d{1,2}[.):]? [a-z]{3,8}(?=[ \r]?(?:\n|$))/g;
const WRAPPED =
	/(?<=^|\n)(?:[a-z]{3,8}(?: [a-z]{3,8}){2,7}[ \r]?\n){1,7}[a-z]{3,8}(?: [a-z]{3,8}){2,7}(?=[ \r]?(?:\n|$))/g;

/** Behind what says so, words may come twice, and more may follow. */
const NAMED =
	/(\b(?:(?:wallet|seed|recovery|backup|secret)[ _-](?:seed|phrase|words)|mnemonic(?: phrase)?|seedphrase)(?: (?:is|are|was|were))?["']?\s{0,2}[:=]?\s{0,2}["'`]?|\b(?:seed|wallet|words|phrase|recovery|backup)["']?[:=]\s{0,2}["'`]?)([a-z]{3,8}(?:[ \t]{1,3}[a-z]{3,8}){11,23})(?![\w'-])/gi;

/** Such as stand in nearly every sentence of so many words, and in no phrase. */
const OF_SENTENCES = new Set(
	"the and for are was were you your not but can has had its our out who how why from they them then than their there these those when where which while would could should into over been being also each such does did got let may might must per via yet are is und der die das den dem ein eine nicht mit von auf sich auch les des une est dans pour que qui sur pas los las del por con una para como het een niet van voor".split(
		" ",
	),
);

/** "legal winner thank year …": what a wallet is made anew from. */
export function maskPhrases(text: string): string {
	return text
		.replace(NAMED, (whole: string, name: string, words: string) => {
			const rest = withoutPhrase(words);
			return rest === undefined ? whole : `${name}${MASK}${rest}`;
		})
		.replace(INLINE, (run) => (isPhrase(run) ? MASK : run))
		.replace(NUMBERED, maskedLines)
		.replace(WRAPPED, maskedLines);
}

function maskedLines(run: string): string {
	return isPhrase(run) ? masked(run) : run;
}

/** What follows the longest phrase that these words may begin with; undefined: they begin with none. */
function withoutPhrase(text: string): string | undefined {
	const words = [...text.matchAll(/[A-Za-z]+/g)];
	const prose = words.findIndex(([word]) =>
		OF_SENTENCES.has(word.toLowerCase()),
	);
	const most = prose < 0 ? words.length : prose;
	const length = [...LENGTHS].findLast((one) => one <= most);
	const last = words[(length ?? 0) - 1];
	return last && text.slice(last.index + last[0].length);
}

function isPhrase(run: string): boolean {
	const words = run.match(/[a-z]+/g) ?? [];
	const few = new Set(words).size < words.length * 0.7;
	if (few || !LENGTHS.has(words.length)) return false;
	return !words.some((word) => OF_SENTENCES.has(word));
}
