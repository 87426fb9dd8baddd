import { MASK } from "./secret-mask.ts";

/** A list of codes by which somebody is let in: "Backup codes for GitHub:". */
const HEAD =
	/\b(?:backup|recovery|2fa|mfa|two-factor|scratch|emergency|one-time|login|verification)[ -](?:(?:backup|recovery|login|verification) )?codes\b/i;
/** A longer line is no heading of anything. */
const LONGEST = 200;
/** So many have been seen on one page. */
const MOST = 50;

const CODE = /^\*{0,2}([A-Za-z\d]{3,16}(?:-[A-Za-z\d]{3,16}){0,7})[*.]{0,3}$/;
/** What makes a line an item of a list. */
const ITEM = /^\s{0,20}(?:(?:[-*+•]|\[[ xX]?\]|\d{1,2}[.):])\s{1,4}){0,2}/;

/** Codes on the line that says what they are, behind its colon, and on those below it, which have nothing else. */
export function maskCodes(text: string): string {
	if (!HEAD.test(text)) return text;
	let left = 0;
	return text
		.split("\n")
		.map((line) => {
			if (line.length <= LONGEST && HEAD.test(line)) {
				left = MOST;
				return maskBehind(line);
			}
			if (left === 0 || line.trim() === "") return line;
			left = isOfCodes(line) ? left - 1 : 0;
			return left === 0 ? line : maskLine(line);
		})
		.join("\n");
}

/** Of the line that says it, up to what is no code. */
function maskBehind(line: string): string {
	const at = line.indexOf(":", line.search(HEAD)) + 1;
	if (at === 0) return line;
	let isOver = false;
	const rest = line.slice(at).replace(WORD, (word) => {
		isOver ||= !isCode(word) && !word.includes(MASK);
		return isOver ? word : MASK;
	});
	return line.slice(0, at) + rest;
}

function maskLine(line: string): string {
	const [item = ""] = ITEM.exec(line) ?? [];
	return item + line.slice(item.length).replace(WORD, MASK);
}

function isOfCodes(line: string): boolean {
	if (line.length > LONGEST) return false;
	const [item = ""] = ITEM.exec(line) ?? [];
	const words = line.slice(item.length).match(WORD) ?? [];
	const length = words.reduce((sum, word) => sum + word.length, 0);
	return words.length > 0 && length >= 6 && words.every(isCode);
}

const WORD = /[^\s,;|/"'`()[\]{}]+/g;

/** It has digits, and is no day. */
function isCode(word: string): boolean {
	const [, code = ""] = CODE.exec(word) ?? [];
	return code.length >= 4 && /\d/.test(code) && !/^\d{4}-\d\d-\d\d$/.test(code);
}
