import type { Flaw } from "../core/verify/flaws.ts";
import { type Marked, markDamaged } from "../core/verify/mark-damaged.ts";
import {
	type Verification,
	type Verified,
	verifySnapshots,
} from "../core/verify/verify-snapshots.ts";
import { afterDoing } from "../errors.ts";
import { type Handler, type Invocation, waitOf } from "./handler.ts";
import { EXIT, type Reply, snapshotData } from "./reply.ts";
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

/** Changes nothing, and waits for nobody, unless it is to write down what it found. */
export const verify: Handler = async (invocation) => {
	const { positionals, flags } = invocation;
	const [ref = "all"] = positionals;
	const full = flags.full === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const found = await verifySnapshots(agent, {
		ref: ref === "all" ? undefined : ref,
		full,
	});
	const marked =
		flags["repair-list"] === true
			? await afterDoing(countsText(found), () =>
					markDamaged(agent, found.verified),
				)
			: undefined;
	const isBad = found.verified.some(
		({ damage, faults }) => damage.length + faults.length > 0,
	);
	const [first] = found.verified.filter(({ damage }) => damage.length > 0);
	const now = agent.system.clock.now();
	return {
		exitCode: isBad ? EXIT.failed : EXIT.done,
		text: [
			countsText(found),
			...found.verified.filter(isTold).slice(0, SHOWN).flatMap(toldOf),
			...moreText(found.verified.filter(isTold).length - SHOWN),
			...goodText(found, ref, now),
			...afterwards(found, marked, full, invocation),
		].join("\n"),
		data: dataOf(found, marked, full),
		...(first !== undefined && { error: errorOf(first) }),
	};
};

function countsText({ verified, gone }: Verification): string {
	const damaged = verified.filter(({ damage }) => damage.length > 0).length;
	const faulty = verified.filter(
		({ damage, faults }) => damage.length === 0 && faults.length > 0,
	).length;
	const sound = verified.length - damaged - faulty;
	const parts = [
		...(sound > 0 || verified.length === 0 ? [`${sound} sound`] : []),
		...(faulty > 0 ? [`${faulty} as captured, with faults`] : []),
		...(damaged > 0 ? [`${damaged} DAMAGED`] : []),
		...(gone.length > 0 ? [`${gone.length} removed meanwhile`] : []),
	];
	return `Verified ${countText(verified.length, "snapshot")}: ${parts.join(", ")}.`;
}

function isTold({ damage, faults, notes }: Verified): boolean {
	return damage.length + faults.length + notes.length > 0;
}

function toldOf({ id, damage, faults, notes }: Verified): string[] {
	const mark =
		damage.length > 0 ? "DAMAGED" : faults.length > 0 ? "faulty" : "";
	const all = [...damage, ...faults, ...notes];
	const what = shortened(all.slice(0, 3).map(flawText).join("; "), 400);
	const more = all.length > 3 ? ` and ${all.length - 3} more` : "";
	return [
		`  ${[printable(id), mark].filter(Boolean).join(" ")}: ${what}${more}.`,
	];
}

function flawText({ path, what }: Flaw): string {
	return `${pathText(path)} ${printable(what)}`;
}

function moreText(more: number): string[] {
	return more > 0
		? [`  and ${countText(more, "snapshot")} more: see --json`]
		: [];
}

function goodText({ good }: Verification, ref: string, now: Date): string[] {
	if (ref !== "all") return [];
	return [
		good === undefined
			? "There is NO good snapshot."
			: `The newest good one: ${printable(good.id)}, ${whenText(good.createdAt, now)}.`,
	];
}

function afterwards(
	{ verified }: Verification,
	marked: Marked | undefined,
	full: boolean,
	{ prefix }: Invocation,
): string[] {
	if (marked !== undefined) return markedText(marked);
	const unmarked = verified.some(
		({ snapshot, damage }) =>
			damage.length > 0 && snapshot !== undefined && !snapshot.mark,
	);
	const healed = verified.some(
		({ snapshot, damage }) => damage.length === 0 && snapshot?.mark,
	);
	return [
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

function errorOf({ id, damage: [first] }: Verified): Reply["error"] {
	const what = first === undefined ? "" : `: ${flawText(first)}`;
	return {
		code: "damaged",
		message: `Snapshot ${id} is damaged${what}. Nothing was changed.`,
		hint: "Take another one: see `list`.",
	};
}

function dataOf(
	{ verified, good, gone }: Verification,
	marked: Marked | undefined,
	full: boolean,
): Record<string, unknown> {
	return {
		full,
		snapshots: verified.map(({ id, damage, faults, notes }) => ({
			id,
			sound: damage.length === 0,
			damage,
			faults,
			notes,
		})),
		newestGood: good === undefined ? null : snapshotData(good),
		gone,
		marked: marked ?? null,
	};
}
