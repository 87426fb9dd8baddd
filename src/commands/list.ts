import { waitingSnapshot } from "../core/restore/next-start.ts";
import { sizesOf } from "../core/sizes/sizes.ts";
import type { Listing } from "../core/store/listing.ts";
import { listForPeople } from "../core/store/listing-noted.ts";
import { pendingElsewhere } from "../core/store/related-homes.ts";
import { countOf, type Handler, type Invocation, textFlag } from "./handler.ts";
import { type Rows, table } from "./list-table.ts";
import { snapshotData } from "./reply.ts";
import { countText, printable, someOf } from "./text.ts";

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
	const shown =
		flags.all === true ? listing.snapshots : listing.snapshots.slice(0, limit);
	const { alone } = sizesOf(agent, listing.snapshots, shown);
	const now = system.clock.now();
	return {
		text: [
			...waitingText(waiting, invocation),
			...elsewhereText(elsewhere, prefix),
			...listText(listing, { shown, alone, now, columns }, prefix),
		].join("\n"),
		data: {
			snapshots: shown.map((snapshot) => ({
				...snapshotData(snapshot),
				alone: alone.get(snapshot.id) ?? null,
			})),
			total: listing.snapshots.length,
			damaged: [...listing.damaged, ...listing.lost],
			marked: listing.snapshots.filter(({ mark }) => mark).map(({ id }) => id),
			betweenForms: listing.betweenForms,
			recoveryPending: listing.recoveryPending,
			pendingElsewhere: elsewhere,
			atNextStart: waiting ?? null,
		},
	};
};

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

/** Whether it can be finished takes the lock and a look at every file. */
export function elsewhereText(
	homes: readonly string[],
	prefix: string,
): string[] {
	return homes.map(
		(home) =>
			`A restore was interrupted in ${printable(home)}: ${prefix} recover finishes it, or says what stands in the way.`,
	);
}

function listText(
	{ snapshots, damaged, lost, betweenForms, recoveryPending }: Listing,
	rows: Rows,
	prefix: string,
): string[] {
	const pending = recoveryPending
		? [
				// Whether it can be finished takes the lock and a look at every file.
				`A restore was interrupted: ${prefix} recover finishes it, or says what stands in the way.`,
			]
		: [];
	const between =
		betweenForms.length > 0
			? [
					`A compact was interrupted: ${prefix} recover brings back ${someOf(betweenForms)}.`,
				]
			: [];
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
			...pending,
			...between,
			"No snapshots yet.",
			...ruined,
			`Make one with: ${prefix} create [label]`,
		];
	const hidden = snapshots.length - rows.shown.length;
	return [
		...pending,
		...between,
		...table(rows),
		...(hidden > 0
			? [
					`${countText(hidden, "older snapshot")} not shown: ${prefix} list --all`,
				]
			: []),
		...ruined,
		`Put one back with: ${prefix} restore <number>`,
	];
}
