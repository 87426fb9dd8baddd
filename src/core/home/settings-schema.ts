import * as v from "valibot";
import {
	DEFAULT_POLICY,
	DURATION_FORM,
	parseDuration,
} from "../retention/keep-rules.ts";
import { whyUnsafe } from "./paths.ts";

const Path = v.pipe(
	v.string(),
	v.transform((path) => path.replace(/\/+$/, "")),
	v.check(
		(path) => whyUnsafe(path) === undefined,
		(issue) =>
			`${JSON.stringify(issue.input)} ${whyUnsafe(String(issue.input))}`,
	),
);
const Paths = v.optional(v.array(Path, "must be a list of paths"), []);
const Whole = v.integer("must be a whole number");
const Count = v.pipe(
	v.number("must be a number"),
	Whole,
	v.minValue(1, "must be at least 1"),
);
const NumberOfBytes = v.number("must be a number of bytes");
const NotNegative = v.minValue<number, number, string>(
	0,
	"must not be negative",
);
const Bytes = v.pipe(NumberOfBytes, Whole, NotNegative);
/** Of `keepLast` and its like. */
const Periods = v.exactOptional(Count);
const KeepRules = v.pipe(
	v.strictObject({
		keepLast: Periods,
		keepHourly: Periods,
		keepDaily: Periods,
		keepWeekly: Periods,
		keepMonthly: Periods,
		keepYearly: Periods,
		keepWithin: v.exactOptional(
			v.pipe(
				v.string(`must be ${DURATION_FORM}`),
				v.check(
					(text) => parseDuration(text) !== undefined,
					`must be ${DURATION_FORM}`,
				),
			),
		),
		keepBytes: v.exactOptional(Bytes),
	}),
	v.check(
		(rules) => Object.keys(rules).length > 0,
		"must have at least one rule, such as keepLast",
	),
);
/** Not a union of the two, which would say of a wrong rule only that it is neither. */
const KeepSetting = v.lazy((value) =>
	typeof value === "object" ? KeepRules : Count,
);

/** What is misspelt here would keep nothing that it was meant to. */
const Reason = v.pipe(
	v.string(),
	v.check(
		(reason) => Object.hasOwn(DEFAULT_POLICY, reason),
		`must be one of ${Object.keys(DEFAULT_POLICY).join(", ")}`,
	),
);

const Words = v.pipe(
	v.string("must be a text"),
	v.check((text) => text.trim() !== "", "must not be empty"),
);
/** Its value is a secret, and is not told. */
const Address = v.pipe(
	v.string("must be a text"),
	v.check(
		isWebAddress,
		"must be an address that begins with https:// or http://",
	),
);
const Absolute = v.pipe(
	v.string("must be a path"),
	v.startsWith("/", "must begin with /"),
);
/** Never a password: whoever may read the settings may not read the repository by that. */
const Remote = v.strictObject({
	repository: v.pipe(
		v.string("must be a repository as restic names it"),
		v.nonEmpty("must be a repository as restic names it"),
	),
	passwordFile: Absolute,
	environmentFile: v.exactOptional(Absolute),
});
/** A repository elsewhere: see remote/restic.ts. */
export type RemoteSettings = v.InferOutput<typeof Remote>;

/** What may stand in `state-snapshots/config.json`. */
export const Schema = v.strictObject({
	formatVersion: v.optional(v.literal(1)),
	include: Paths,
	exclude: Paths,
	keep: v.optional(v.record(Reason, KeepSetting), {}),
	keepBytes: v.exactOptional(Bytes),
	automatic: v.optional(v.boolean("must be true or false"), true),
	schedule: v.exactOptional(
		v.strictObject({
			ping: v.exactOptional(Address),
			onFailure: v.exactOptional(Words),
		}),
	),
	archives: v.optional(
		v.strictObject({
			recipients: v.optional(
				v.array(
					v.pipe(
						v.string("must be a recipient of age"),
						v.regex(/^age1[0-9a-z]+$/, "must be a recipient of age: age1…"),
					),
					"must be a list of recipients",
				),
				[],
			),
			keep: v.optional(Count, 5),
		}),
		{},
	),
	reserveBytes: v.optional(
		v.pipe(NumberOfBytes, NotNegative),
		128 * 1024 * 1024,
	),
	partsFromBytes: v.optional(
		v.pipe(NumberOfBytes, v.minValue(64 * 1024, "must be at least 65536")),
		32 * 1024 * 1024,
	),
	remotes: v.exactOptional(v.record(v.string(), Remote)),
});

export function isWebAddress(text: string): boolean {
	return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
