import {
	isNamed,
	isNaming,
	type Rank,
	rankOf,
} from "../secrets/secret-names.ts";
import { isOpenlySaid } from "../secrets/secret-values.ts";
import { MASK } from "../secrets/secrets.ts";
import { textOf } from "./row-text.ts";
import { isBytes, type Value } from "./sqlite-record.ts";
import type { Row } from "./table-rows.ts";

/** One of the columns of a row says the name of a secret: what the others say is that secret, whatever they are called. */
export interface Naming {
	readonly column: string;
	readonly rank: Rank;
}

/** Of a row like ("slack_token", "…"); undefined: it names no secret. A column that is called like one of names comes first. */
export function namingIn({ of, cell }: Row): Naming | undefined {
	const texts = [...of.valuesOf(cell)].flatMap(
		([column, value]): [column: string, text: string][] =>
			isBytes(value) && value.kind === "text" && value.bytes.length <= LONGEST
				? [[column, textOf(value, of.file.encoding)]]
				: [],
	);
	const [column, text] =
		texts.find(([column, text]) => isNaming(column) && isSecret(text)) ??
		texts.find(([, text]) => IDENTIFIER.test(text) && isSecret(text)) ??
		[];
	if (column === undefined || text === undefined) return undefined;
	// "token" by itself says a kind of something as often: then words may be seen.
	const isSure = isNaming(column) || /[_.-]|[a-z][A-Z]/.test(text);
	return { column, rank: isSure ? rankOf(text) : "weak" };
}

/** In bytes: what is longer is a text about something. */
const LONGEST = 120;

/** As programs call their settings. A sentence that ends in "password" is none. */
const IDENTIFIER = /^[A-Za-z][\w.-]*$/;

function isSecret(text: string): boolean {
	return isNamed(rankOf(text));
}

/** What such a row shows of one of its columns; undefined: its naming hides nothing there. */
export function maskedBy(
	{ column, rank }: Naming,
	name: string,
	value: Value,
	{ of }: Row,
): string | undefined {
	if (name === column || name === "rowid" || value === null) return undefined;
	const isNumber = !isBytes(value);
	if (isNumber && (rank === "weak" || of.keys.includes(name) || isWhen(name)))
		return undefined;
	const text = textOf(value, of.file.encoding);
	// Of which program it is the setting.
	const shownAs = isNaming(name) ? "weak" : rank;
	return isOpenlySaid(text, shownAs) ? undefined : MASK;
}

/** A number in such a column is a time or an id. */
function isWhen(name: string): boolean {
	return /(?:^|_)(?:at|ts|time|timestamp|created|updated|expires|id|version)$/i.test(
		name,
	);
}
