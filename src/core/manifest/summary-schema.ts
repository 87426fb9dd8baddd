import * as v from "valibot";
import { HIGHEST_SEQUENCE } from "./manifest-summary.ts";

/** Bytes, or a count. */
export const Size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The first lines of a manifest. What `list` reads of them it checks by hand, by the same rules: see manifest-summary.ts. */
export const Summary = v.object({
	id: v.string(),
	timestamp: v.string(),
	label: v.nullish(v.string(), null),
	file_count: v.optional(Size, 0),
	total_size: v.optional(Size, 0),
	formatVersion: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	sequence: v.optional(
		v.pipe(
			v.number(),
			v.integer(),
			v.minValue(0),
			v.maxValue(HIGHEST_SEQUENCE),
		),
	),
	createdAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
	reason: v.optional(v.string(), "manual"),
	host: v.optional(v.string()),
	hostVersion: v.optional(v.pipe(v.string(), v.maxLength(100))),
	complete: v.optional(v.boolean(), true),
	coherent: v.optional(v.boolean()),
	pinned: v.optional(v.boolean(), false),
});
/** What Hermes could not save. */
export const Foreign = {
	failed_dbs: v.optional(v.unknown()),
	oversized_skipped: v.optional(v.unknown()),
};
