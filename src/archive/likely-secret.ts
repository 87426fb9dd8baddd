import { isHash } from "../core/secrets/secret-forms.ts";
import { mentionsPassword } from "../core/secrets/secret-languages.ts";
import { looksLikeSecret } from "../core/secrets/secret-looks.ts";
import {
	isMapName,
	isNamed,
	rankOf,
	rankOfFlag,
} from "../core/secrets/secret-names.ts";
import { isOpenlySaid } from "../core/secrets/secret-values.ts";
import { varietyOf } from "../core/secrets/secret-variety.ts";
import { holdsUnmistakable } from "../core/secrets/unmistakable-secrets.ts";
import type { Hidden } from "./hidden-in-text.ts";

/**
 * Whether what masks hide of a text is reason enough to keep all of it back: a literal that looks like what people and machines
 * make to be let in, or one with a digit that is called a secret. Masks hide more, as it costs little there: parameters and
 * calls behind such names, hashes, ids in addresses.
 */
export function isLikelySecret(hidden: Hidden): boolean {
	const { value, before, after } = hidden;
	const bare = value.replace(AROUND, "");
	if (isOpenlySaid(bare, "strict") || isHash(before)) return false;
	if (GIVEN.test(before) || isWholeValue(hidden, bare)) return true;
	if (holdsUnmistakable(bare) && !HARMLESS.test(bare)) return true;

	if (PHRASE.test(bare)) return true;
	if (isInAddress(before)) return isLogin(bare, before, after);
	if (isCode(value, before, after) || OF_DATA.test(before)) return false;
	const isSaid = isCalledSecret(hidden) || SENT.test(bare);
	return bare
		.split(/[\s"'`,;(){}[\]<>]+/)
		.some((word) => isLikelyWord(word, isSaid, isBelow(hidden.above)));
}

/** `password: swordfish`, alone on its line; a number, too. */
function isWholeValue(
	{ before, value, after, above }: Hidden,
	bare: string,
): boolean {
	const [, name = "", between = ""] =
		/(?:^\s*(?:[-#*>]\s+)?|[{"',]\s*)["']?([\w.-]+)["']?\s*([:=])\s*["']?$/.exec(
			before,
		) ?? [];
	const rank = rankOf(name);
	if (!isNamed(rank) || !/^(?:["'\\,}\s]|$)/.test(after)) return false;
	if (/^\d{4,}$/.test(bare)) return rank === "strict" || rank === "pass";
	const isQuoted = /["']$/.test(before) || /^["'].*["']$/.test(value.trim());
	const isInSection = above.some((line) => /^\[[\w. -]+\]\s*$/.test(line));
	if (between === "=" && !isQuoted && !isInSection) return false;
	if (!isQuoted && TYPE.test(bare)) return false;
	return (
		/^\S{8,}$/.test(bare) &&
		![WORD_FOR_ONE, HARMLESS, PLACE].some((one) => one.test(bare)) &&
		!isCode(value, before, after)
	);
}

/** "FormControl" */
const TYPE = /^(?:[A-Z][a-z]+)+$/;
const WORD_FOR_ONE =
	/pass|secret|token|require|option|string|secure|text|none|null|hidden|prompt|value|input|default|test|undefined|number|boolean|key|encrypt|credential/i;

function isLikelyWord(
	whole: string,
	isSaid: boolean,
	isInner: boolean,
): boolean {
	const [, name = "", value = whole] = /^([\w-]+)=(.*)$/.exec(whole) ?? [];
	if (PLACE.test(value) || HARMLESS.test(value)) return false;
	if (isHash(`${name}=`)) return false;
	if (isSaid || isNamed(rankOf(name))) return isTyped(value);
	if (isInner && isOdd(value)) return true;
	// Hashes are for all to see, and nobody says of what each is one.
	return !HEX.test(value) && isDrawn(value);
}

/** As a person types what lets in: with a digit amid letters, or signs. */
function isTyped(value: string): boolean {
	if (value.length < SHORTEST || !/[A-Za-z]/.test(value)) return false;
	if (/\d/.test(value)) return !NUMBERED.test(value);
	const { length, changes, hasCases } = varietyOf(value);
	return hasCases && length >= 9 && changes > length * 0.24;
}

/** "token1", "getToken2" */
const NUMBERED = /^(?:[a-z_]+|[A-Z_]+|[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)*)\d?$/;

const SHORTEST = 6;

function isDrawn(word: string): boolean {
	return (
		looksLikeSecret(word, false) ||
		word.split(/[^A-Za-z\d]+/).some((part) => MIXED.test(part)) ||
		(/[g-z]/i.test(word) && isOdd(word))
	);
}

/** No word with a number behind it: "7a1c", "4711123" amid letters. */
function isOdd(word: string): boolean {
	return (
		/[A-Za-z]/.test(word) &&
		word
			.split(/[^A-Za-z\d]+/)
			.some(
				(part) =>
					/^(?=.{5})\d{1,}[a-z]+\d*$|^\d{6,}$/i.test(part) && !UNIT.test(part),
			)
	);
}

const UNIT =
	/^\d+(?:bit|byte|bytes|st|nd|rd|th|px|ms|sec|min|day|days|point|way|fold|digit)$|^\d+[A-Z][a-z]+$|^20\d{6}/;

/** "7ab12c" */
const MIXED = /^(?=.{6})(?:.*[a-z]\d+[a-z]|.*\d[a-z]+\d)/i;

const AROUND = /^[\\"'`\s]+|[\\"'`\s,;.]+$/g;
const HEX =
	/^(?:[\da-f]{7,}|[\dA-F]{7,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;
/** A path, or an address; what is secret in one stands behind its name. */
const PLACE = /^(?:~|\.{1,2}|[A-Za-z]:)?[\\/]|^[a-z][a-z\d+.-]*:\/\//i;
const HARMLESS =
	/your|example|placeholder|change_?me|replace|dummy|x{4}|\*{3}|\.{3}|^(?:[<{]|%\w*%?$|%[({]|--?[a-z]|0x)|[$][{(]/i;
/** A parameter of a shell, or what a command says. */
const EXPANDED =
	/^[\\"']*(?:`.*\s|\$[({]|\$[\d?#@*!$-](?![A-Za-z\d])|\$\w+(?:$|[\\/.:,;"'`\s)\]]))/;
/** Pictures in addresses. */
const OF_DATA = /base64(?:,|%)\S*$/;
/** A header. */
const SENT = /^[\w-]+: (?:bearer|basic|token) \S+$/i;

/** Of pairing, `.netrc` and `.pgpass`. */
const GIVEN =
	/\bpairing approve \S.* $|\blogin\s+\S+\s+password\s+$|^\s*password[ \t]+$|^[\w.*-]+:[\d*]+:[^\s:]+:[^\s:]+:$/;
const PHRASE = /^(?:\w+ )?[a-z]{3,8}(?: [a-z]{3,8}){10,23}$/;

/** A call, an attribute or an index, a calculation: not within quotes of its own. */
function isCode(value: string, before: string, after: string): boolean {
	if (after.startsWith("(") || EXPANDED.test(value)) return true;
	if (
		/^[\w-]+(?:\.[\w-]+)*$/.test(value) &&
		/\d/.test(value) &&
		value.split(".").some((one) => one.length > 15 && isDrawn(one))
	)
		return false;
	if (/["'`]$/.test(before) || /^["'`]/.test(value))
		return CODE_QUOTED.test(value);
	return CODE.test(value);
}

const CODE =
	/^\(?(?:(?:new|await|not) )?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*[([]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^[*&\d]?\*[a-z]/;
const CODE_QUOTED = /^'[^']*' \+/;

/** It goes on from the beginning of an address. */
function isInAddress(before: string): boolean {
	return /:\/\/[^\s"'`<>,]*$/.test(before);
}

/** Of an address only a login, what a question says of one, and a place where whoever knows it may write. */
function isLogin(value: string, before: string, after: string): boolean {
	if (HARMLESS.test(value)) return false;
	if (after.startsWith("@"))
		return (
			!OPEN_LOGIN.test(value) &&
			!/^@(?:[\w-]+\.)*example\.(?:com|org|net)/.test(after)
		);
	if (HOOK.test(before.slice(before.lastIndexOf("://")))) return true;
	const [, name = ""] = /[?&#;]([\w.-]+)=\S*$/.exec(before + value) ?? [];
	return name !== "" && rankOf(name) !== "harmless" && value.length >= SHORTEST;
}

const OPEN_LOGIN =
	/^(?:.{0,3}|pass|pass_?word|passwd|pwd|pw|secret|token|git)$/i;
const HOOK = /\/bot\d{1,15}:$|hook|\/triggers\/|\/key\/$/i;

/** By the name before it, or that of what it stands in. */
function isCalledSecret({ before, above }: Hidden): boolean {
	const [, name = ""] = NAME.exec(before) ?? [];
	if (isNamed(rankOf(name)) || LOGIN.test(before) || mentionsPassword(before))
		return true;
	return isNamed(rankOf(name.split(" ").at(-1) ?? "")) || isBelow(above);
}

const NAME =
	/((?:[A-Za-z][\w.-]{0,60} ){0,2}[A-Za-z_][\w.-]{0,100})[\\"'`\])]*\s{0,20}(?::=|=>|[:=：|>]| is)?\s{0,20}[\\"'`]*$/;
/** `-u ada:…` */
const LOGIN = /\s(?:-u|--user|--proxy-user)[ =]?["']?(?:[^\s:"']{1,64}:)?$/;

/** A flag on the line before, a section, or a name further out. */
function isBelow(above: readonly string[]): boolean {
	const own = indentOf(above.at(-1) ?? "");
	for (const line of above.slice(0, -1).reverse()) {
		const [, flag] =
			/^\s*-?\s*["']?(--?[A-Za-z][\w-]*)["']?,?\s*$/.exec(line) ?? [];
		if (flag !== undefined) return rankOfFlag(flag) !== "harmless";
		const [, section] =
			/^\s*\[{1,2}[\w."' -]*?([\w-]+)["']?\]{1,2}\s*$/.exec(line) ?? [];
		if (section !== undefined) return isHiding(section);
		if (line.trim() === "" || (indentOf(line) >= own && own > 0)) continue;
		const [, name] = OPENS.exec(line) ?? [];
		if (name !== undefined) return isHiding(name);
	}
	return false;
}

const OPENS =
	/([\w.-]+)["']?\s*[:=]\s*(?:[&!]\S+\s*)?(?:[[{(|>]|"""|"[^"]*)?[+-]?\s*$/;

function isHiding(name: string): boolean {
	return isNamed(rankOf(name)) || isMapName(name);
}

function indentOf(line: string): number {
	return line.search(/\S|$/);
}
