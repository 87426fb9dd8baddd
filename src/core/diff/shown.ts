import { type Place, placeBelow } from "../secrets/mask-value.ts";
import { isWeak } from "../secrets/secret-names.ts";
import { isOpenlySaid } from "../secrets/secret-values.ts";
import { MASK, maskText } from "../secrets/secrets.ts";
import { printable } from "../words.ts";
import { textOf } from "./row-text.ts";
import type { Encoding } from "./sqlite-file.ts";
import { isBytes, type Value } from "./sqlite-record.ts";

/** Of a long text so much is looked at for secrets, and far less shown. */
const LOOKED_AT = 4096;
/** Longer than any secret that is told by its form alone. */
const UNSURE = 512;
const LONGEST = 80;
/** Of what two long texts have in common before they differ. */
const BEFORE = 20;

/** On one line, and no longer than that. What is in it must be masked. */
export function shownText(text: string, most = LONGEST): string {
	const characters = [...printable(text.slice(0, 2 * most + 2))];
	return characters.length <= most
		? characters.join("")
		: `${characters.slice(0, most - 1).join("")}…`;
}

/** Of two that differ what can be seen to: long ones from shortly before the place on where they do. They must be masked. */
export function shownPair(
	left: string,
	right: string,
	most = LONGEST,
): { readonly left: string; readonly right: string } {
	const from = differingFrom(left, right) - BEFORE;
	const isLong = Math.max(left.length, right.length) > most;
	const cut = (text: string) =>
		shownText(
			isLong && from > BEFORE ? `…${text.slice(from)}`.toWellFormed() : text,
			most,
		);
	return { left: cut(left), right: cut(right) };
}

/** How many characters two texts begin with alike. */
export function differingFrom(left: string, right: string): number {
	let at = 0;
	while (at < left.length && left[at] === right[at]) at++;
	return at;
}

export interface Reading {
	readonly encoding: Encoding;
	/** Beside a value of another kind, for which a text could be taken. */
	readonly isQuoted?: boolean | undefined;
}

/**
 * A value of a database, by what its table and its column are called and what it says: masked, and as long as it can be
 * looked at.
 */
export function maskedValue(
	table: Place,
	name: string,
	value: Value,
	{ encoding, isQuoted = false }: Reading,
): string {
	if (value === null) return "NULL";
	const text = textOf(value, encoding);
	const { rank } = placeBelow(table, name);
	const isNumber = !isBytes(value);
	const isCount = isNumber && (isWeak(rank) || rank === "code");
	if (!isCount && !isOpenlySaid(text, rank)) return MASK;
	if (isNumber || value.kind === "blob") return text;
	const masked = maskText(text.slice(0, LOOKED_AT));
	// What was cut in two there would not be told from other words.
	const safe =
		text.length > LOOKED_AT ? `${masked.slice(0, -UNSURE)}…` : masked;
	return isQuoted || text === "" ? `"${safe}"` : safe;
}
