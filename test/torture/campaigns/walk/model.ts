import {
	expectedAfterRestore,
	inCriticalSet,
	isSidecarInSet,
} from "../../../support/critical-set.ts";
import {
	difference,
	type Fact,
	type HomeRecord,
} from "../../../support/oracle.ts";

export type Reason = "manual" | "pre-update" | "scheduled" | "before-restore";

/** What must be true of one snapshot. */
export interface Modelled {
	readonly id: string;
	readonly label: string | null;
	readonly reason: Reason;
	/** The home as plain tools saw it when the snapshot was taken. */
	readonly held: HomeRecord;
	/** Of an undo snapshot: what the restore behind it changed. */
	readonly touched: ReadonlySet<string> | undefined;
}

export type Keep = Readonly<Record<Reason, number>>;
export const KEEP: Keep = {
	manual: 20,
	"pre-update": 5,
	scheduled: 7,
	"before-restore": 3,
};

/** The snapshots that must be there, oldest first, whatever any clock has said. */
export class Model {
	snapshots: readonly Modelled[] = [];
	keep: Keep = KEEP;

	/** As `list --all` must show them: newest first, and numbers for all but undo snapshots. */
	listed(): {
		id: string;
		number: number | null;
		label: string | null;
		reason: Reason;
	}[] {
		let last = 0;
		return this.snapshots.toReversed().map(({ id, label, reason }) => ({
			id,
			number: reason === "before-restore" ? null : ++last,
			label,
			reason,
		}));
	}

	numbered(): Modelled[] {
		return this.snapshots
			.toReversed()
			.filter(({ reason }) => reason !== "before-restore");
	}

	newestUndo(): Modelled | undefined {
		return this.snapshots.findLast(({ reason }) => reason === "before-restore");
	}

	/** Whether a create without --force makes none. */
	hasNothingNew(now: HomeRecord, reason: Reason): boolean {
		const [newest] = this.numbered();
		if (newest === undefined) return false;
		if (reason === "manual" && newest.reason !== "manual") return false;
		return sameState(newest.held, now);
	}

	/** The stamp and the label; `-2`, `-3` … when that is taken. */
	nameFor(now: Date, label: string | null): string {
		const stamp = now
			.toISOString()
			.replace(/[-:]/g, "")
			.replace("T", "-")
			.slice(0, 15);
		const wanted =
			label === null ? stamp : `${stamp}-${label.replaceAll(" ", "-")}`;
		const taken = new Set(this.snapshots.map(({ id }) => id));
		let id = wanted;
		for (let copy = 2; taken.has(id); copy++) id = `${wanted}-${copy}`;
		return id;
	}

	/** The newest so many of each reason stay, and what the command is working with. */
	prune(keep: Keep = this.keep, inUse: readonly string[] = []): string[] {
		const gone = this.snapshots.filter(({ id, reason }) => {
			const pool = this.snapshots.filter((other) => other.reason === reason);
			const place = pool.length - pool.findIndex((other) => other.id === id);
			return place > keep[reason] && !inUse.includes(id);
		});
		this.snapshots = this.snapshots.filter((one) => !gone.includes(one));
		return gone.map(({ id }) => id);
	}
}

/** What the home must be after an undo: what the restore touched as it was before, all else as it is. */
export function expectedAfterUndo(
	{ held, touched = new Set() }: Modelled,
	now: HomeRecord,
): HomeRecord {
	const expected: HomeRecord = new Map(now);
	for (const file of touched) {
		const fact = held.get(file);
		if (fact) expected.set(file, fact);
		else if (!hasOthersBelow(file, now, touched)) expected.delete(file);
	}
	return expected;
}

/** Of a restore, or of an undo. */
export function expectedAfter(
	source: Modelled,
	now: HomeRecord,
	isUndo: boolean,
): HomeRecord {
	return isUndo
		? expectedAfterUndo(source, now)
		: expectedAfterRestore(source.held, now);
}

/** The paths that differ between two records. */
export function touchedBetween(
	before: HomeRecord,
	after: HomeRecord,
): Set<string> {
	return new Set(
		difference(before, after).map((line) =>
			line.slice(0, line.lastIndexOf(": ")),
		),
	);
}

function hasOthersBelow(
	folder: string,
	now: HomeRecord,
	touched: ReadonlySet<string>,
): boolean {
	return [...now.keys()].some(
		(file) => file.startsWith(`${folder}/`) && !touched.has(file),
	);
}

/** Contents, kinds and modes of the set; times do not count, nor does the state of running processes. */
function sameState(before: HomeRecord, now: HomeRecord): boolean {
	const counted = (home: HomeRecord) =>
		[...home]
			.filter(
				([file]) =>
					inCriticalSet(file) &&
					!isSidecarInSet(file) &&
					!/(^|\/)(processes|gateway_state)\.json$/.test(file),
			)
			.map(([file, fact]) => `${file} ${described(fact)}`)
			.sort()
			.join("\n");
	return counted(before) === counted(now);
}

function described({ type, mode, sha256, rows, target }: Fact): string {
	return [type, type === "link" ? "" : mode, rows ?? sha256, target].join(" ");
}
