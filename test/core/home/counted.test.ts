import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/core/capture/entry.ts";
import {
	countedIn,
	countsOfRows,
	countsOfText,
	rowsWanted,
	totalCounts,
} from "../../../src/core/home/counted.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";

describe("what people would miss", () => {
	it("is counted in the home and in those within it", () => {
		for (const path of ["state.db", "profiles/coder/state.db"])
			expect(countedIn(hermes, path).map(({ what }) => what)).toEqual([
				"session",
				"message",
			]);
		expect(countedIn(hermes, "pairing/telegram-approved.json")).toHaveLength(1);
		expect(countedIn(hermes, "pairing/telegram-pending.json")).toEqual([]);
	});

	it("has the time of its newest row, whatever the agent writes as a time", () => {
		const counted = countedIn(hermes, "state.db");
		const rows = [
			{ count: 2, newest: 1_700_000_000.5 },
			{ count: 3, newest: "2026-11-21T01:12:00Z" },
		];
		expect(rowsWanted(counted)).toHaveLength(2);
		expect(countsOfRows(counted, rows)).toEqual([
			{ what: "session", count: 2, newest: "2023-11-14T22:13:20.500Z" },
			{ what: "message", count: 3, newest: "2026-11-21T01:12:00.000Z" },
		]);
		const odd = [
			{ count: 1, newest: "soon" },
			{ count: 1, newest: null },
		];
		expect(countsOfRows(counted, odd)).toEqual([
			{ what: "session", count: 1 },
			{ what: "message", count: 1 },
		]);
		expect(countsOfRows(counted, [undefined, { count: 0 }])).toEqual([
			{ what: "message", count: 0 },
		]);
	});

	it.each([
		['{"jobs": [{}, {}]}', [{ what: "cron job", count: 2 }]],
		['{"jobs": {"a": 1}}', [{ what: "cron job", count: 1 }]],
		['{"jobs": 4}', []],
		["[]", []],
		["null", []],
		["", []],
		["{", []],
	])("is counted in %s", (text, counts) => {
		expect(countsOfText(countedIn(hermes, "cron/jobs.json"), text)).toEqual(
			counts,
		);
	});

	it("is added up over all places", () => {
		const entry = (path: string, count: number, newest?: string): Entry => ({
			path,
			kind: "file",
			size: 1,
			counts: [{ what: "message", count, ...(newest && { newest }) }],
		});
		const first = entry("a", 1, "2026-01-02T00:00:00.000Z");
		const second = entry("b", 2, "2026-01-01T00:00:00.000Z");
		expect(totalCounts([first, second, entry("c", 4)])).toEqual([
			{ what: "message", count: 7, newest: "2026-01-02T00:00:00.000Z" },
		]);
	});
});
