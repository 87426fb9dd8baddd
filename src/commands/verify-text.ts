import type { SnapshotInfo } from "../core/store/listing.ts";
import type { Flaw } from "../core/verify/flaws.ts";
import type { Marked } from "../core/verify/mark-damaged.ts";
import type {
	Verification,
	Verified,
} from "../core/verify/verify-snapshots.ts";
import type { Invocation } from "./handler.ts";
import {
	countText,
	pathText,
	printable,
	shortened,
	someOf,
	whenText,
} from "./text.ts";

/** Snapshots that are told one by one. */
const SHOWN = 4;

export function countsText({ verified, gone }: Verification): string {
	const damaged = verified.filter(({ damage }) => damage.length > 0).length;
	const faulty = verified.filter(
		({ damage, faults }) => damage.length === 0 && faults.length > 0,
	).length;
	const lacking = verified.filter(
		({ damage, faults, lacks }) =>
			damage.length + faults.length === 0 && lacks.length > 0,
	).length;
	const unhashed = verified.filter(
		({ damage, faults, lacks, isUnhashed }) =>
			damage.length + faults.length + lacks.length === 0 && isUnhashed,
	).length;
	const sound = verified.length - damaged - faulty - lacking - unhashed;
	const parts = [
		...(sound > 0 || verified.length === 0 ? [`${sound} sound`] : []),
		...(unhashed > 0
			? [`${unhashed} of the right sizes (made by the agent, without hashes)`]
			: []),
		...(faulty > 0 ? [`${faulty} as captured, with faults`] : []),
		...(lacking > 0 ? [`${lacking} INCOMPLETE`] : []),
		...(damaged > 0 ? [`${damaged} DAMAGED`] : []),
		...(gone.length > 0 ? [`${gone.length} removed meanwhile`] : []),
	];
	return `Verified ${countText(verified.length, "snapshot")}: ${parts.join(", ")}.`;
}

function isTold({ damage, faults, lacks, notes }: Verified): boolean {
	return damage.length + faults.length + lacks.length + notes.length > 0;
}

function toldOf({ id, damage, faults, lacks, notes }: Verified): string[] {
	const marks = [
		...(damage.length > 0 ? ["DAMAGED"] : faults.length > 0 ? ["faulty"] : []),
		...(lacks.length > 0 ? ["INCOMPLETE"] : []),
	];
	const all = [...damage, ...faults, ...notes].map(flawText);
	const told = [
		...(lacks.length > 0
			? [`lacks ${someOf(lacks.map(({ path }) => path))}`]
			: []),
		...all.slice(0, 3),
	];
	const what = shortened(told.join("; "), 400);
	const more = all.length > 3 ? ` and ${all.length - 3} more` : "";
	return [`  ${[printable(id), ...marks].join(" ")}: ${what}${more}.`];
}

export function flawText({ path, what }: Flaw): string {
	return `${pathText(path)} ${printable(what)}`;
}

/** What is wrong, one line a snapshot. */
export function toldText({ verified }: Verification): string[] {
	const told = verified.filter(isTold);
	return [
		...told.slice(0, SHOWN).flatMap(toldOf),
		...moreText(told.length - SHOWN),
	];
}

function moreText(more: number): string[] {
	return more > 0
		? [`  and ${countText(more, "snapshot")} more: see --json`]
		: [];
}

export function goodText(
	{ good, asCaptured }: Verification,
	ref: string,
	now: Date,
): string[] {
	if (ref !== "all") return [];
	const named = ({ id, createdAt }: SnapshotInfo) =>
		`${printable(id)}, ${whenText(createdAt, now)}`;
	if (good !== undefined) return [`The newest good one: ${named(good)}.`];
	const next =
		asCaptured === undefined
			? ""
			: ` Without damage, with faults: ${named(asCaptured)}.`;
	return [`There is NO good snapshot.${next}`];
}

export function afterwards(
	{ verified, isNoted }: Verification,
	marked: Marked | undefined,
	full: boolean,
	{ prefix }: Invocation,
): string[] {
	const lost = lostText(verified);
	if (marked !== undefined) return [...lost, ...markedText(marked)];
	const isBad = verified.some(
		({ damage, faults }) => damage.length + faults.length > 0,
	);
	const unmarked = verified.some(
		({ snapshot, damage }) =>
			damage.length > 0 && snapshot !== undefined && !snapshot.mark,
	);
	const healed = verified.some(
		({ snapshot, damage }) => damage.length === 0 && snapshot?.mark,
	);
	return [
		...lost,
		...(isBad && !isNoted
			? [`It could not be noted, so ${prefix} status does not know of it.`]
			: []),
		...(unmarked && isNoted
			? [`The next ${prefix} create takes what is damaged anew.`]
			: []),
		...(unmarked
			? [`So that nothing relies on it: ${prefix} verify --repair-list`]
			: []),
		...(healed
			? [
					`Marked as damaged, and sound now; to rely on it again: ${prefix} verify --repair-list`,
				]
			: []),
		...(full || unmarked || verified.length === 0
			? []
			: [`To search the databases, too: ${prefix} verify --full`]),
	];
}

/** How to go on without a manifest. */
function lostText(verified: readonly Verified[]): string[] {
	return verified.some(
		({ snapshot, damage }) => snapshot === undefined && damage.length > 0,
	)
		? [
				"Without a manifest that can be read no snapshot can be restored: its files lie in its folder, to be copied by hand (docs/format.md). Nothing removes it but you.",
			]
		: [];
}

function markedText({ added, removed }: Marked): string[] {
	if (added.length + removed.length === 0)
		return ["The list of damaged ones is as it was."];
	return [
		...(added.length > 0
			? [`Nothing relies any more on: ${someOf(added)}.`]
			: []),
		...(removed.length > 0
			? [`Taken off the list of damaged ones: ${someOf(removed)}.`]
			: []),
	];
}
