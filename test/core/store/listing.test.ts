import { describe, expect, it } from "vitest";
import { findSnapshot } from "../../../src/core/store/find-snapshot.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { SnapshotError } from "../../../src/errors.ts";
import type { Disk } from "../../../src/system/system.ts";
import { machine } from "../../support/memory-system.ts";
import { STORE } from "../../support/plain-agent.ts";
import {
	type Folder,
	ours,
	storeAt,
	storeOf,
	theirs,
} from "../../support/store-folders.ts";

function listed(...folders: Folder[]) {
	return listSnapshots(storeOf(...folders).system.disk, storeAt);
}

function order(...folders: Folder[]): string[] {
	return listed(...folders).snapshots.map(
		({ number, id }) => `${number ?? "undo"} ${id}`,
	);
}

describe("the list", () => {
	it("goes by the recorded sequence when the clock was set back", () => {
		expect(
			order(
				ours("20261121-120000", { sequence: 1 }),
				ours("20261121-130000", { sequence: 2 }),
				ours("20251121-120000", { sequence: 3 }),
			),
		).toEqual(["1 20251121-120000", "2 20261121-130000", "3 20261121-120000"]);
	});

	it("puts Hermes' own between ours, by their time", () => {
		expect(
			order(
				ours("20261121-120000", { sequence: 1 }),
				ours("20261121-140000", { sequence: 2 }),
				theirs("20261121-110000"),
				theirs("20261121-130000"),
				theirs("20261121-133000"),
				theirs("20261121-150000"),
			),
		).toEqual([
			"1 20261121-150000",
			"2 20261121-140000",
			"3 20261121-133000",
			"4 20261121-130000",
			"5 20261121-120000",
			"6 20261121-110000",
		]);
	});

	it("gives undo snapshots no number, so that a restore shifts nothing", () => {
		expect(
			order(
				ours("20261121-120000", { sequence: 1 }),
				ours("20261121-130000", { sequence: 2, reason: "before-restore" }),
				ours("20261121-140000", { sequence: 3 }),
			),
		).toEqual([
			"1 20261121-140000",
			"undo 20261121-130000",
			"2 20261121-120000",
		]);
	});

	it("shows neither what starts with a dot nor what is no snapshot", () => {
		const on = storeOf([".20261121-120000.partial", ours("x")[1]]);
		on.volume.mkdirSync(`${STORE}/my notes`);
		on.volume.writeFileSync(`${STORE}/config.json`, "{}");
		on.volume.symlinkSync("/etc", `${STORE}/link`);
		expect(listSnapshots(on.system.disk, storeAt)).toEqual({
			snapshots: [],
			damaged: [],
			lost: [],
			betweenForms: [],
			recoveryPending: false,
		});
	});

	it("names folders of snapshots whose manifest is gone, and no others", () => {
		const on = storeOf(ours("20261121-120000", { sequence: 1 }));
		const folder = (name: string) => on.volume.mkdirSync(`${STORE}/${name}`);
		for (const name of ["20261121-130000", "20261121-140000", "2026 notes"])
			folder(name);
		for (const name of ["20261121-130000", "2026 notes"])
			on.volume.writeFileSync(`${STORE}/${name}/config.yaml`, "a: 1");
		on.volume.symlinkSync("20261121-130000", `${STORE}/20261121-150000`);
		expect(listSnapshots(on.system.disk, storeAt)).toMatchObject({
			snapshots: [{ number: 1 }],
			damaged: [],
			lost: ["20261121-130000"],
		});
	});

	it("names folders whose manifest is ruined, and goes on", () => {
		const { snapshots, damaged } = listed(
			ours("20261121-120000", { sequence: 1 }),
			["20261121-130000", ""],
			["20261121-140000", "{ cut sho"],
			["20261121-150000", "[]"],
		);
		expect(snapshots).toHaveLength(1);
		expect(damaged).toEqual([
			"20261121-130000",
			"20261121-140000",
			"20261121-150000",
		]);
	});

	it("can be shown whatever a manifest gives for its time", () => {
		const odd = JSON.stringify({ id: "x", timestamp: "yesterday", files: {} });
		for (const { createdAt } of listed(["x", odd]).snapshots)
			expect(createdAt.getTime()).not.toBeNaN();
	});

	it("is empty in a home without a store", () => {
		expect(listSnapshots(machine().system.disk, storeAt).snapshots).toEqual([]);
	});

	it("says that an interrupted restore waits", () => {
		const on = storeOf();
		on.volume.mkdirSync(storeAt.restoring);
		on.volume.writeFileSync(storeAt.journal, "{}");
		expect(listSnapshots(on.system.disk, storeAt).recoveryPending).toBe(true);
	});

	it("reads only the beginnings of 1,000 manifests", () => {
		const entries = Array.from({ length: 200 }, (_, index) => index);
		const files = Object.fromEntries(entries.map((n) => [`file-${n}`, n]));
		const on = storeOf(
			...Array.from({ length: 1000 }, (_, n) =>
				ours(`20261121-${String(n).padStart(6, "0")}`, { sequence: n, files }),
			),
		);
		let bytes = 0;
		const { disk } = on.system;
		const counting: Disk["read"] = (file, into) => {
			const read = disk.read(file, into);
			bytes += read;
			return read;
		};
		const { snapshots } = listSnapshots({ ...disk, read: counting }, storeAt);
		expect(snapshots).toHaveLength(1000);
		expect(snapshots[0]?.sequence).toBe(999);
		expect(bytes).toBeLessThanOrEqual(1000 * 2048);
	});
});

describe("finding a snapshot", () => {
	const listing = listed(
		ours("20261121-120000-first", { sequence: 1, label: "the first" }),
		ours("20261121-120500-second", { sequence: 2 }),
		ours("20261121-130000-undo", { sequence: 3, reason: "before-restore" }),
		["20261121-110000-ruined", "{"],
	);

	it.each([
		["1", "20261121-120500-second"],
		["#2", "20261121-120000-first"],
		["002", "20261121-120000-first"],
		["latest", "20261121-120500-second"],
		["20261121-120000-first", "20261121-120000-first"],
		["20261121-1205", "20261121-120500-second"],
		["20261121-13", "20261121-130000-undo"],
	])("by %j", (ref, id) => {
		expect(findSnapshot(listing, ref).id).toBe(id);
	});

	it.each<[ref: string, code: string, message: RegExp, hint: RegExp]>([
		["0", "not-found", /no snapshot 0\./, /from 1 to 2/],
		["3", "not-found", /no snapshot 3\./, /from 1 to 2/],
		["#7", "not-found", /no snapshot #7\./, /from 1 to 2/],
		[
			"20261121",
			"ambiguous",
			/3 snapshots begin with "20261121"/,
			/20261121-130000-undo/,
		],
		["nonsense", "not-found", /no snapshot "nonsense"/, /list/],
		[
			"the first",
			"not-found",
			/no snapshot "the first"/,
			/Did you mean 20261121-120000-first\?/,
		],
		["20261121-110000-ruined", "damaged", /cannot be read/, /Other snapshots/],
	])("by %j is refused", (ref, code, message, hint) => {
		expect(refused(listing, ref)).toMatchObject({
			code,
			message: expect.stringMatching(message),
			hint: expect.stringMatching(hint),
		});
	});

	it.each([
		"2",
		"20",
		"#2",
	])("by the number %s never means an id that begins so", (ref) => {
		const only = listed(ours("20261121-120000", { sequence: 1 }));
		expect(refused(only, ref)).toMatchObject({
			code: "not-found",
			hint: "See `list`.",
		});
	});

	it("by a number is refused when a newer one cannot be read, which had that number", () => {
		const newer = listed(ours("20261121-120000-first", { sequence: 1 }), [
			"20261121-140000-ruined",
			"{",
		]);
		for (const ref of ["1", "latest"]) {
			const { code, message } = refused(newer, ref) as SnapshotError;
			expect([code, message]).toEqual([
				"ambiguous",
				expect.stringContaining("20261121-140000-ruined"),
			]);
		}
		expect(findSnapshot(newer, "20261121-120000-first").id).toBeDefined();
	});

	it("by nothing at all is refused, though all begin with nothing", () => {
		const only = listed(ours("20261121-120000", { sequence: 1 }));
		expect(refused(only, "").code).toBe("not-found");
	});

	it("tells a ruined one from none when there is no other", () => {
		const only = listed(["20261121-140000-ruined", "{"]);
		expect(refused(only, "20261121-140000-ruined").code).toBe("damaged");
	});

	function refused(from: ReturnType<typeof listed>, ref: string) {
		try {
			return { code: "found", id: findSnapshot(from, ref).id };
		} catch (error) {
			if (error instanceof SnapshotError) return error;
			throw error;
		}
	}
});
