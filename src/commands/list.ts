import { waitingSnapshot } from "../core/restore/next-start.ts";
import { sizesOf } from "../core/sizes/sizes.ts";
import { findSnapshot } from "../core/store/find-snapshot.ts";
import type { Listing, SnapshotInfo } from "../core/store/listing.ts";
import { listForPeople } from "../core/store/listing-noted.ts";
import { pendingElsewhere } from "../core/store/related-homes.ts";
import {
	countOf,
	type Handler,
	type Invocation,
	textFlag,
} from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { type Rows, table } from "./show/list-table.ts";
import { firstOf, roomBeside } from "./text/room.ts";
import { noticeText } from "./text/scheduled-notice.ts";
import { countText, printable, refOf, someOf } from "./text/text.ts";

const SHOWN = 20;

export const list: Handler = (invocation) => {
	const { flags, prefix, columns } = invocation;
	const text = textFlag(invocation, "limit");
	const limit =
		text === undefined ? SHOWN : countOf(invocation, text, "--limit");
	const agent = invocation.agent();
	const { system, store } = agent;
	const listing = listForPeople(agent);
	const waiting = waitingSnapshot(system.disk, store);
	const elsewhere = pendingElsewhere(agent);
	const asked = listing.snapshots.slice(firstIn(listing, invocation));
	const shown = flags.all === true ? asked : asked.slice(0, limit);
	const { alone } = sizesOf(agent, listing.snapshots, shown);
	const warnings = [
		...noticeText(agent, invocation),
		...waitingText(waiting, invocation),
		...elsewhereText(elsewhere, prefix),
		...interruptedText(listing, prefix),
	];
	const isShort = flags.all !== true && text === undefined;
	// Beside its head, what is not shown, what is damaged, and how one is put back.
	const others = warnings.length + (listing.damaged.length > 0 ? 4 : 3);
	const room = roomBeside(invocation, others, SHOWN);
	const rows = {
		shown: isShort ? firstOf(shown, room) : shown,
		alone,
		now: system.clock.now(),
		columns,
	};
	return {
		text: [...warnings, ...listText(listing, asked, rows, invocation)].join(
			"\n",
		),
		data: {
			snapshots: shown.map((snapshot) => ({
				...snapshotData(snapshot),
				alone: alone.get(snapshot.id) ?? null,
			})),
			total: listing.snapshots.length,
			damaged: [...listing.damaged, ...listing.lost],
			foundDamaged: idsOf(listing, ({ found }) => found?.isDamage === true),
			faulty: idsOf(listing, ({ found }) => found?.isDamage === false),
			marked: idsOf(listing, ({ mark }) => mark !== undefined),
			betweenForms: listing.betweenForms,
			recoveryPending: listing.recoveryPending,
			pendingElsewhere: elsewhere,
			atNextStart: waiting ?? null,
		},
	};
};

function idsOf(
	{ snapshots }: Listing,
	isMeant: (snapshot: SnapshotInfo) => boolean,
): string[] {
	return snapshots.filter(isMeant).map(({ id }) => id);
}

/** Where the list begins: with the one that was named, or the newest. */
function firstIn(listing: Listing, { positionals: [ref] }: Invocation): number {
	return ref === undefined
		? 0
		: listing.snapshots.indexOf(findSnapshot(listing, ref));
}

export function waitingText(
	waiting: string | undefined,
	{ meant, terminal }: Invocation,
): string[] {
	if (waiting === undefined) return [];
	const { title } = meant.host;
	return [
		`A restore of ${printable(waiting)} waits: stop ${title}, run "${terminal} recover" in a terminal, start ${title}.`,
	];
}

/** Homes that are named. */
const NAMED = 2;

/** Whether it can be finished takes the lock and a look at every file. */
export function elsewhereText(
	homes: readonly string[],
	prefix: string,
): string[] {
	const named = firstOf(homes, NAMED);
	const more = homes.length - named.length;
	return [
		...named.map(
			(home) =>
				`A restore was interrupted in ${printable(home)}: ${prefix} recover finishes it, or says what stands in the way.`,
		),
		...(more > 0 ? [`And in ${countText(more, "other home")}.`] : []),
	];
}

function interruptedText(
	{ recoveryPending, betweenForms }: Listing,
	prefix: string,
): string[] {
	return [
		...(recoveryPending
			? [
					// Whether it can be finished takes the lock and a look at every file.
					`A restore was interrupted: ${prefix} recover finishes it, or says what stands in the way.`,
				]
			: []),
		...(betweenForms.length > 0
			? [
					`A compact was interrupted: ${prefix} recover brings back ${someOf(betweenForms)}.`,
				]
			: []),
	];
}

function listText(
	{ snapshots, damaged, lost }: Listing,
	asked: readonly SnapshotInfo[],
	rows: Rows,
	{ prefix, lines }: Invocation,
): string[] {
	const ruined = [
		...(damaged.length > 0
			? [`Damaged, and not to be restored: ${someOf(damaged)}.`]
			: []),
		...(lost.length > 0
			? [
					`Without a manifest, and not to be restored: ${someOf(lost)}. More: ${prefix} verify`,
				]
			: []),
	];
	if (snapshots.length === 0)
		return [
			"No snapshots yet.",
			...ruined,
			`Make one with: ${prefix} create [label]`,
		];
	const next = asked[rows.shown.length];
	const hidden = asked.length - rows.shown.length;
	const how = lines === undefined || !next ? "--all" : refOf(next);
	return [
		...table(rows),
		...(hidden > 0
			? [
					`${countText(hidden, "older snapshot")} not shown: ${prefix} list ${how}`,
				]
			: []),
		...ruined,
		`Put one back with: ${prefix} restore <number>`,
	];
}
