import type { SnapshotInfo } from "../../core/store/listing.ts";
import type { Flaw } from "../../core/verify/flaws.ts";
import type { Found } from "../../core/verify/found.ts";
import type { Marked } from "../../core/verify/mark-damaged.ts";
import type {
	Verification,
	Verified,
} from "../../core/verify/verify-snapshots.ts";
import type { Invocation } from "../call/handler.ts";
import { firstOf } from "../text/room.ts";
import {
	ageText,
	countText,
	pathText,
	printable,
	shortened,
	someOf,
	whenText,
} from "../text/text.ts";

/** Snapshots that are told one by one. */
const SHOWN = 4;

/** Of faults that were found now, or before and not refuted since. */
export function isFaulty({ damage, faults, known }: Verified): boolean {
	return damage.length === 0 && (faults.length > 0 || known !== undefined);
}

export function countsText({ verified, gone }: Verification): string {
	if (verified.length + gone.length === 0)
		return "There is NO snapshot, so none was verified.";
	const damaged = verified.filter(({ damage }) => damage.length > 0).length;
	const faulty = verified.filter(isFaulty).length;
	const others = verified.filter(
		(one) => one.damage.length === 0 && !isFaulty(one),
	);
	const lacking = others.filter(({ lacks }) => lacks.length > 0).length;
	const unhashed = others.filter(
		({ lacks, isUnhashed }) => lacks.length === 0 && isUnhashed,
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

function isTold(one: Verified): boolean {
	const { damage, lacks, notes } = one;
	return damage.length + lacks.length + notes.length > 0 || isFaulty(one);
}

function toldOf(one: Verified, now: Date): string[] {
	const { id, damage, faults, lacks, notes, known } = one;
	const marks = [
		...(damage.length > 0 ? ["DAMAGED"] : isFaulty(one) ? ["faulty"] : []),
		...(lacks.length > 0 ? ["INCOMPLETE"] : []),
	];
	const all = [...damage, ...faults, ...notes].map(flawText);
	const told = [
		...(lacks.length > 0
			? [`lacks ${someOf(lacks.map(({ path }) => path))}`]
			: []),
		...all.slice(0, 3),
		...(known === undefined ? [] : [knownText(known, now)]),
	];
	const what = shortened(told.join("; "), 400);
	const more = all.length > 3 ? ` and ${all.length - 3} more` : "";
	return [`  ${[printable(id), ...marks].join(" ")}: ${what}${more}.`];
}

/** Of a snapshot in which nothing was found now, by a look that went less far. */
export function knownText({ at, by, why }: Found, now: Date): string {
	const who = by === "drill" ? "drill" : "verify --full";
	return `${printable(why)} (found by ${who}, ${ageText(new Date(at), now)})`;
}

export function flawText({ path, what }: Flaw): string {
	return `${pathText(path)} ${printable(what)}`;
}

interface Telling {
	readonly now: Date;
	/** Each snapshot has its line. */
	readonly full: boolean;
	readonly prefix: string;
}

/** What is wrong, one line a snapshot. */
export function toldText(
	{ verified }: Verification,
	{ now, full, prefix }: Telling,
): string[] {
	const told = verified.filter(isTold);
	const shown = full ? told : firstOf(told, SHOWN);
	const more = told.length - shown.length;
	return [
		...shown.flatMap((one) => toldOf(one, now)),
		...(more > 0
			? [`  and ${countText(more, "snapshot")} more: ${prefix} verify --full`]
			: []),
	];
}

export function goodText(
	{ verified, good, asCaptured }: Verification,
	{ ref, now, prefix }: { ref: string; now: Date; prefix: string },
): string[] {
	if (ref !== "all") return [];
	if (verified.length === 0) return [`Make one with: ${prefix} create [label]`];
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
	if (marked !== undefined)
		return [...lost, ...markedText(marked), ...unmarkableText(verified)];
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

/** On the list would be to be refused by a restore, and these can be restored. */
function unmarkableText(verified: readonly Verified[]): string[] {
	return verified.some(isFaulty)
		? [
				"What is only faulty is not on that list: it counts as no good one, and can be restored.",
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
