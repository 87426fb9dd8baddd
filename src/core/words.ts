/** 52_345_678 → "52.3 MB" */
export function bytesText(bytes: number): string {
	const units = ["B", "KB", "MB", "GB", "TB"];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "a, b, c and 4 more" */
export function someOf(items: readonly string[], most = 3): string {
	const shown = items.slice(0, most).map(pathText);
	return items.length > most
		? `${shown.join(", ")} and ${items.length - most} more`
		: shown.join(", ");
}

/** For a shell. */
export function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word)
		? word
		: `'${word.replaceAll("'", "'\\''")}'`;
}

/** For a person who types it: of what a terminal does not show as it is, in the words of bash and zsh. */
export function typable(word: string): string {
	if (printable(word) === word) return quoted(word);
	return `$'${printable(word.replace(/[\\']/g, "\\$&"))}'`;
}

/** A path of thousands of characters by its ends. */
export function pathText(path: string): string {
	return cutWithin(printable(path), LONGEST);
}

/** Longer than any single name. */
const LONGEST = 300;

/** Cuts what is longer than so many characters in its middle: both ends of a name say which it is. */
export function cutWithin(text: string, most: number): string {
	if (text.length <= most) return text;
	const half = Math.floor(most / 2);
	// Not through a character of two halves.
	const whole = (part: string) =>
		part.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
	return `${whole(text.slice(0, half))}…${whole(text.slice(1 - half))}`;
}

/** Nearly all there is: for the pattern below V8 would make machine code first, which takes two milliseconds of a `list`. */
export function isAscii(text: string): boolean {
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < 0x20 || code > 0x7e) return false;
	}
	return true;
}

/** Control characters, lone surrogates, direction marks and line separators. */
const UNFIT = new RegExp(
	`[${[
		"\\u0000-\\u001f\\u007f-\\u009f",
		"\\ud800-\\udfff",
		"\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069",
		"\\u2028\\u2029",
	].join("")}]`,
	"gu",
);

/**
 * Text of others (labels, file names) made fit for a terminal or chat: control characters, direction marks and lone
 * surrogates, which could rewrite the screen, are shown as escapes.
 */
export function printable(text: string): string {
	if (isAscii(text)) return text;
	return text.replace(UNFIT, (character) => {
		const named: Record<string, string> = {
			"\n": "\\n",
			"\t": "\\t",
			"\r": "\\r",
		};
		return (
			named[character] ??
			`\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
		);
	});
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "21 Nov 01:14", in the time zone of the machine. */
export function momentText(date: Date, now: Date): string {
	const two = (number: number) => String(number).padStart(2, "0");
	const year =
		date.getFullYear() === now.getFullYear() ? "" : ` ${date.getFullYear()}`;
	const day = `${date.getDate()} ${MONTHS[date.getMonth()]}${year}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
