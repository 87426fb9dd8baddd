import { type Place, placeBelow } from "../secrets/mask-value.ts";
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

/** On one line, and no longer than that. What is in it must be masked. */
export function shownText(text: string, most = LONGEST): string {
	const characters = [...printable(text)];
	return characters.length <= most
		? characters.join("")
		: `${characters.slice(0, most - 1).join("")}…`;
}

/** A value of a database, by what its table and its column are called and what it says. */
export function shownValue(
	table: Place,
	name: string,
	value: Value,
	encoding: Encoding,
): string {
	if (value === null) return "NULL";
	const text = textOf(value, encoding);
	const { rank } = placeBelow(table, name);
	const isNumber = !isBytes(value);
	const isCount = isNumber && (rank === "weak" || rank === "code");
	if (!isCount && !isOpenlySaid(text, rank)) return MASK;
	if (isNumber) return text;
	if (text === "") return '""';
	const masked = maskText(text.slice(0, LOOKED_AT));
	// What was cut in two there would not be told from other words.
	return shownText(
		text.length > LOOKED_AT ? `${masked.slice(0, -UNSURE)}…` : masked,
	);
}
