import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { summaryOf } from "../../../src/core/manifest/manifest-summary.ts";
import { Summary } from "../../../src/core/manifest/summary-schema.ts";

const sound = {
	id: "20261121-011402",
	timestamp: "20261121-011402",
	label: "one",
	file_count: 3,
	total_size: 12,
	formatVersion: 1,
	sequence: 7,
	createdAt: "2026-11-21T01:14:02.000Z",
	reason: "manual",
	host: "plain",
	hostVersion: "1.2",
	complete: true,
	coherent: true,
	pinned: false,
};

/** Right ones, nearly right ones, and what else JSON can hold. */
const values = fc.oneof(
	fc.constantFrom(...Object.values(sound)),
	fc.constantFrom(
		...[
			0,
			-0,
			-1,
			0.5,
			1e12,
			1e12 + 1,
			2 ** 53,
			Number.POSITIVE_INFINITY,
			null,
			"",
			"x".repeat(101),
		],
		...["2026-11-21", "2026-13-21T01:14:02Z", "2026-11-21 01:14:02 +01:00"],
		...["2026-11-21T24:14:02Z", "2026-11-21T01:14:02.1234567891Z", "\n"],
	),
	fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
	fc.jsonValue(),
);
const changes = fc.dictionary(
	fc.constantFrom(...Object.keys(sound), "more"),
	values,
);
const manifests = fc.record({
	changes,
	lacks: fc.subarray(Object.keys(sound)),
});

describe("a summary that was checked by hand", () => {
	it("is what the schema makes of it, or none where that refuses it", () => {
		fc.assert(
			fc.property(manifests, ({ changes, lacks }) => {
				const kept = Object.entries(sound).filter(
					([key]) => !lacks.includes(key),
				);
				const given = { ...Object.fromEntries(kept), ...changes };
				expect(summaryOf(given)).toEqual(bySchema(given));
			}),
			{ numRuns: 3000 },
		);
	});

	it("is none for anything else", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(summaryOf(value)).toEqual(bySchema(value));
			}),
		);
	});
});

function bySchema(value: unknown) {
	const found = v.safeParse(Summary, value);
	return found.success ? found.output : undefined;
}
