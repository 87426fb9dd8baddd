import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyBudget } from "../../../src/core/retention/budget.ts";
import type { Kept, Verdict } from "../../../src/core/retention/retention.ts";
import type { StoredFile } from "../../../src/core/sizes/disk-use.ts";
import { freedBy, takenBy } from "../../../src/core/sizes/disk-use.ts";

interface Some extends Kept {
	readonly files: readonly number[];
}

/** Newest first; a file is a number, and has so many bytes. */
const snapshots = fc
	.array(
		fc.record({
			reason: fc.constantFrom("manual", "pre-update", "before-restore"),
			complete: fc.boolean(),
			pinned: fc.boolean(),
			files: fc.uniqueArray(fc.nat(12), { maxLength: 6 }),
			keep: fc.boolean(),
			stays: fc.boolean(),
		}),
		{ maxLength: 12 },
	)
	.map((all) =>
		all.map((one, index) => ({
			...one,
			id: `s${index}`,
			order: all.length - index,
			createdAt: new Date(0),
		})),
	);

function verdictsOf(
	all: readonly (Some & { readonly keep: boolean })[],
): Verdict<Some>[] {
	return all.map(({ keep, ...snapshot }) => ({ snapshot, keep, why: "so" }));
}

function filesOf(all: readonly Some[]): (id: string) => StoredFile[] {
	const names = (file: number) =>
		all.filter(({ files }) => files.includes(file)).length;
	const files = new Map(
		all.map(({ id, files }) => [
			id,
			files.map((file) => ({
				path: String(file),
				bytes: file,
				names: names(file),
				inode: `inode ${file}`,
			})),
		]),
	);
	return (id) => files.get(id) ?? [];
}

/** By adding up, again and again, the bytes of every file that somebody still has. */
function takenByHand(all: readonly Some[]): number {
	const files = new Set(all.flatMap(({ files }) => files));
	return [...files].reduce((sum, file) => sum + file, 0);
}

describe("a budget of bytes", () => {
	it("removes the oldest that may go, one by one, until the rest is within it", () => {
		fc.assert(
			fc.property(snapshots, fc.nat(60), (all, limit) => {
				const stays = all.filter((one) => one.stays).map(({ id }) => id);
				const { verdicts, taken } = applyBudget(verdictsOf(all), {
					limit,
					filesOf: filesOf(all),
					stays: new Set(stays),
				});
				let left = all.filter(({ keep }) => keep);
				for (;;) {
					const oldest = left.findLast(
						(one) =>
							!one.pinned && !one.stays && one.reason !== "before-restore",
					);
					if (takenByHand(left) <= limit || oldest === undefined) break;
					left = left.filter((one) => one !== oldest);
				}
				const kept = verdicts.filter(({ keep }) => keep);
				expect(kept.map(({ snapshot }) => snapshot.id)).toEqual(
					left.map(({ id }) => id),
				);
				expect(taken).toBe(takenByHand(left));
			}),
		);
	});

	it("says of each that it removes why", () => {
		const all = [
			{ reason: "manual", complete: true, pinned: false, files: [3] },
			{ reason: "manual", complete: true, pinned: false, files: [3, 5] },
		].map((one, index) => ({
			...one,
			id: `s${index}`,
			order: 2 - index,
			createdAt: new Date(0),
			keep: true,
		}));
		const budget = { limit: 4, filesOf: filesOf(all), stays: new Set("s0") };
		const { verdicts } = applyBudget(verdictsOf(all), budget);
		expect(verdicts.map(({ why }) => why)).toEqual([
			"so",
			"over keepBytes (4 B)",
		]);
	});
});

it("what is freed and what is still taken are all that there was", () => {
	fc.assert(
		fc.property(snapshots, (all) => {
			const files = filesOf(all);
			const of = (some: readonly Some[]) => some.flatMap(({ id }) => files(id));
			const gone = all.filter(({ keep }) => !keep);
			const left = all.filter(({ keep }) => keep);
			expect(freedBy(of(gone)) + takenBy(of(left))).toBe(takenBy(of(all)));
		}),
	);
});
