import { describe, expect, it } from "vitest";
import {
	DEFAULT_SETTINGS,
	parseSettings,
} from "../../../src/core/home/settings.ts";
import { SnapshotError } from "../../../src/errors.ts";

const FILE = "/home/ada/.plain/state-snapshots/config.json";

function refusal(text: string): SnapshotError {
	try {
		parseSettings(text, FILE);
	} catch (error) {
		if (error instanceof SnapshotError) return error;
		throw error;
	}
	throw new Error("it was accepted");
}

describe("settings", () => {
	it("are the defaults when the file says nothing", () => {
		expect(parseSettings("{}", FILE)).toEqual(DEFAULT_SETTINGS);
		expect(DEFAULT_SETTINGS).toEqual({
			include: [],
			exclude: [],
			keep: {},
			automatic: true,
			archives: { recipients: [], keep: 5 },
			reserveBytes: 134_217_728,
			partsFromBytes: 33_554_432,
		});
	});

	it("may have comments and a comma too many, as people write them", () => {
		const text = `{
			// my own notes
			"include": ["notes/", "skills/*/data.json"],
			"exclude": ["letters/old"],
			"keep": { "manual": 7, "pre-update": 2 },
			"reserveBytes": 0,
			"keepBytes": 5000000000,
			"partsFromBytes": 1000000,
		}`;
		expect(parseSettings(text, FILE)).toEqual({
			include: ["notes", "skills/*/data.json"],
			exclude: ["letters/old"],
			keep: { manual: 7, "pre-update": 2 },
			automatic: true,
			archives: { recipients: [], keep: 5 },
			reserveBytes: 0,
			keepBytes: 5_000_000_000,
			partsFromBytes: 1_000_000,
		});
	});

	it("may say by rules what to keep", () => {
		const manual = {
			keepLast: 3,
			keepHourly: 24,
			keepDaily: 7,
			keepWeekly: 4,
			keepMonthly: 12,
			keepYearly: 5,
			keepWithin: "1y5m7d2h",
			keepBytes: 5_000_000_000,
		};
		const keep = { manual, scheduled: 7 };
		expect(parseSettings(JSON.stringify({ keep }), FILE).keep).toEqual(keep);
	});

	it.each<[what: string, text: string, line: number, why: RegExp]>([
		["an empty file", "", 1, /is empty/],
		["what is no JSON", '{\n"include": [\n', 3, /is not JSON/],
		["something else than an object", "[]", 1, /its top/],
		[
			"a setting it does not know",
			'{\n\n"inclde": []}',
			3,
			/inclde: is not a setting/,
		],
		[
			"one path instead of a list",
			'{\n"include": "a"\n}',
			2,
			/include: must be a list of paths/,
		],
		[
			"an absolute path",
			'{"include": [\n"/etc/passwd"]}',
			2,
			/include.0: .*is absolute/,
		],
		[
			"a path upwards",
			'{"exclude": [\n"a",\n"../b"]}',
			3,
			/exclude.1: .*holds "\.\."/,
		],
		[
			"a path into the store",
			'{"include": ["state-snapshots/x"]}',
			1,
			/lies in the snapshot store/,
		],
		["a path that is a number", '{"include": [7]}', 1, /include.0: /],
		[
			"keeping none",
			'{\n"keep": {\n"manual": 0}}',
			3,
			/keep.manual: must be at least 1/,
		],
		[
			"keeping a half",
			'{"keep": {"manual": 1.5}}',
			1,
			/must be a whole number/,
		],
		[
			"keeping what has no such reason",
			'{\n"keep": {\n"nosuch": 3}}',
			3,
			/keep.nosuch: must be one of manual, pre-update/,
		],
		["keeping a word", '{"keep": {"manual": "all"}}', 1, /must be a number/],
		[
			"a rule that it does not know",
			'{"keep": {"manual": {\n"keepNightly": 1}}}',
			2,
			/keep.manual.keepNightly: is not a setting/,
		],
		[
			"a rule that keeps none",
			'{"keep": {"manual": {"keepDaily": 0}}}',
			1,
			/keep.manual.keepDaily: must be at least 1/,
		],
		[
			"bytes of a reason that are a word",
			'{"keep": {"scheduled": {"keepBytes": "5 GB"}}}',
			1,
			/keep.scheduled.keepBytes: must be a number of bytes/,
		],
		[
			"rules without a rule",
			'{"keep": {"manual": {}}}',
			1,
			/keep.manual: must have at least one rule/,
		],
		["a list of rules", '{"keep": {"manual": []}}', 1, /keep.manual: /],
		["no rule at all", '{"keep": {"manual": null}}', 1, /keep.manual: /],
		[
			"a time that is none",
			'{"keep": {"manual": {"keepWithin": "30 days"}}}',
			1,
			/keep.manual.keepWithin: must be a time such as "30d"/,
		],
		[
			"no time",
			'{"keep": {"manual": {"keepWithin": "0d"}}}',
			1,
			/keepWithin: must be a time/,
		],
		[
			"a negative reserve",
			'{"reserveBytes": -1}',
			1,
			/reserveBytes: must not be negative/,
		],
		["a later format", '{\n"formatVersion": 2}', 2, /formatVersion: /],
	])("refuses %s, naming file, line and reason", (_, text, line, why) => {
		const { code, message, hint } = refusal(text);
		expect(code).toBe("bad-config");
		expect(message).toContain(`${FILE}, line ${line}: `);
		expect(message).toMatch(why);
		expect(message).toContain("Nothing was changed.");
		expect(hint).toContain("Correct that line");
	});
});
