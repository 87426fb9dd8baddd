import {
	DURATION_FORM,
	type Keep,
	parseDuration,
} from "../../core/retention/keep-rules.ts";
import { usageError } from "../call/grammar.ts";
import { countOf, type Invocation, textFlag } from "../call/handler.ts";

const COUNTS = {
	"keep-last": "keepLast",
	"keep-hourly": "keepHourly",
	"keep-daily": "keepDaily",
	"keep-weekly": "keepWeekly",
	"keep-monthly": "keepMonthly",
	"keep-yearly": "keepYearly",
} as const;

/** What to keep this time of what people made: `prune 5` and `prune --keep-daily 7`. Undefined: as ever. @throws SnapshotError `usage` */
export function keepOf(invocation: Invocation): Keep | undefined {
	const [number] = invocation.positionals;
	const last = number ?? textFlag(invocation, "keep-last");
	if (number !== undefined && invocation.flags["keep-last"] !== undefined)
		throw usageError(
			invocation.verb,
			`${number} and --keep-last say the same twice.`,
		);
	const counts = Object.entries(COUNTS).flatMap(([flag, key]) => {
		const text = key === "keepLast" ? last : textFlag(invocation, flag);
		const what =
			text === number ? "The number of snapshots to keep" : `--${flag}`;
		return text === undefined ? [] : [[key, countOf(invocation, text, what)]];
	});
	const within = withinOf(invocation);
	const rules = Object.fromEntries([
		...counts,
		...(within === undefined ? [] : [["keepWithin", within]]),
	]);
	return Object.keys(rules).length === 0 ? undefined : rules;
}

function withinOf(invocation: Invocation): string | undefined {
	const text = textFlag(invocation, "keep-within");
	if (text === undefined || parseDuration(text) !== undefined) return text;
	throw usageError(
		invocation.verb,
		`--keep-within must be ${DURATION_FORM}, and ${JSON.stringify(text)} is none.`,
	);
}
