import { varietyOf } from "./secret-variety.ts";

/** In characters. A longer one that a machine has drawn is told without anything near it. */
const SHORTEST = 6;
const LONGEST = 200;
/** From so many on its letters and digits alone tell that a machine has drawn it. */
const VARIED = 16;

/**
 * Whether a word without blanks looks like what people and machines make to be let in: with a sign amid letters and digits, of
 * both cases with digits, or long and of high variety. No path, address, version, model, nor a name of code.
 * @param isQuoted it stands within quotes by itself, as no calculation does
 */
export function looksLikeSecret(word: string, isQuoted: boolean): boolean {
	if (word.length < SHORTEST || word.length > LONGEST) return false;
	if (HARMLESS.some((form) => form.test(word))) return false;
	if (/^[\w+/=-]+$/.test(word) && isVaried(word)) return true;
	// A path, of which no part has been drawn.
	if (word.includes("/")) return false;
	if (SIGN.test(word)) return isTyped(word, isQuoted);
	return isMixed(word) && !isOfWords(word);
}

const SIGN = /[%!@#$^&*?~+=]/;
/** Of these a calculation or an address is made as well. */
const OF_CODE = /[=+*&?@^%#]/;

const HARMLESS: readonly RegExp[] = [
	// Places of secrets: "$TOKEN", "%TOKEN%", "YOUR_TOKEN_1", "xxxx", "ab12...".
	/^[$%@#:]?[$@#]?[A-Za-z_][\w.-]*%?$(?<=^[$%@#:].*)/,
	/your|example|placeholder|change_?me|replace|dummy|x{4}|\*{3}|\.{3}|…/i,
	/^[\w.+-]+@[\w-]+(?:\.[\w-]+)+\.?$/,
	// "lodash@4.17.21", "@types/node@20"
	/^@?[\w./-]+@[~^]?v?(?:\d{1,3}|\d[\w-]*\.[\w.-]*|[a-z]+)$/,
	/^[~^<>=]{0,2}v?\d+(?:[.,:/-]\d+)*[A-Za-z%+]{0,4}$/,
	/^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?$/,
	/^#?(?:[\da-f]{6}|[\da-f]{8})$/i,
	/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
	// "0x33BA", "1Password", "KEY_WOW64_64KEY"
	/^(?:\w+\.)?(?:0x[\da-fA-F]{1,8}|\d[A-Z][a-z]{4,12}|[A-Z][A-Z\d]*(?:_[A-Z\d]{1,12})+)$/,
	// "$USER@$HOST:22", "20261121_014402_a1b2c3"
	/^\$[A-Z_]{3,}(?![A-Za-z\d])|^20\d{6}[_T-]?\d{4,6}/,
	// "rfc2965=True", "token!r:13", "aws.auth#sigv4"
	/^[\w.-]+=(?:true|false|none|null|\d{1,5})$|^\w+![rsa](?::.*)?$|^\w+(?:[.-]\w+)+#\w+$/i,
	// Of an address: "a%20b".
	/%(?:20|2[CF]|3[ADF]|40)/,
	/\.(?:[a-z]{1,4}\d?|json5?|html|yaml|toml)$/,
];

/** With a sign amid letters and digits. */
function isTyped(word: string, isQuoted: boolean): boolean {
	const core = isQuoted
		? word
		: word.replace(/^\W+|(?<!\d\d)\W+$|\W+(?<![!$^~])$/g, "");
	if (core.length < SHORTEST) return false;
	if (!/\d/.test(core) || !/[A-Za-z]/.test(core)) return false;
	const parts = core.split(/[^A-Za-z\d]+/).filter(Boolean);
	if (!SIGN.test(core)) return isMixed(core) && !isOfWords(core);
	if (/\.[*+?]|&&|\?\.|\?\?|[!=<>]=|\+\+|\$\{/.test(core)) return false;
	if (isQuoted || !OF_CODE.test(core) || /[!$~]/.test(core)) return true;
	const digits = core.match(/\d/g)?.length ?? 0;
	const isOfCases = /[a-z]/.test(core) && /[A-Z]/.test(core);
	return (isOfCases && digits > 1) || !parts.every(isWordOfCode);
}

function isMixed(word: string): boolean {
	return /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
}

/** Words, versions and short names, put together: "claude-3-5-Sonnet", "x86_64-AppImage", "docs.Auth2Guide". */
function isOfWords(word: string): boolean {
	return word
		.split(/[^A-Za-z\d]+/)
		.every((part) => part.length <= 4 || isWordOfCode(part));
}

/** What programs and their parts are called: a number stands behind what has one, or is short and at the end. */
function isWordOfCode(part: string): boolean {
	if (OF_KEYS.test(part)) return true;
	const word = part.replace(NUMBERED, "");
	const { length, changes } = varietyOf(word);
	return CODE.test(word) && changes <= Math.max(2, length * 0.2);
}

const CODE =
	/^(?:\d{1,4}[A-Za-z]?|(?:[A-Za-z]?[a-z]+|[A-Z]+s?)(?:\d?(?:[A-Z][a-z]+|[A-Z]+s?(?![a-z])))*\d{0,2})$/;
/** "MLKEM768PublicKey" */
const OF_KEYS =
	/^[A-Z][A-Za-z]{2,}\d{1,4}(?:[A-Z][a-z]{2,})*(?:Key|Token|Secret|Password|Cookie|Policy|Provider|Client|Error)s?$/;
/** Of algorithms, formats, standards and machines. */
const NUMBERED =
	/(?<=sha|hmac|aes|curve|base|utf|oauth|auth|http|u?int|float|bcrypt|argon|blake|windows|python|node|user|test|(?<![A-Za-z])(?:md|des|rsa|ed|x|iso|ec|rs|hs|es|ps|crc|ip|ipv|win|ecma|arm|amd|web|log|v|p|k|s|b|h|rfc|secp|rev))[-_]?\d{1,5}(?:k\d|id)?/gi;

function isVaried(word: string): boolean {
	if (word.length < VARIED) return false;
	const { length, changes, hasDigits, hasCases } = varietyOf(word);
	if (length < VARIED - 2 || isOfWords(word)) return false;
	if (hasCases) return changes > length * 0.24;
	return hasDigits && changes > length * 0.15;
}
