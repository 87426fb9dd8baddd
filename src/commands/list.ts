import type { Listing, SnapshotInfo } from "../core/listing.ts";
import { listForPeople } from "../core/listing-noted.ts";
import { waitingSnapshot } from "../core/next-start.ts";
import { pendingElsewhere } from "../core/related-homes.ts";
import { sizesOf } from "../core/sizes.ts";
import { countOf, type Handler, type Invocation, textFlag } from "./handler.ts";
import { snapshotData } from "./reply.ts";
import {
	bytesText,
	countText,
	printable,
	shortened,
	someOf,
	whenText,
	widthsOf,
} from "./text.ts";

const SHOWN = 20;

export const list: Handler = (invocation) => {
	const { flags, prefix } = invocation;
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
			...listText(listing, { shown, alone, now }, prefix),
		].join("\n"),
		data: {
			snapshots: shown.map((snapshot) => ({
				...snapshotData(snapshot),
				alone: alone.get(snapshot.id) ?? null,
			})),
			total: listing.snapshots.length,
			damaged: listing.damaged,
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

interface Rows {
	readonly shown: readonly SnapshotInfo[];
	/** By id; those that are not in it were not looked at. */
	readonly alone: ReadonlyMap<string, number>;
	readonly now: Date;
}

function listText(
	{ snapshots, damaged, betweenForms, recoveryPending }: Listing,
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
	const ruined =
		damaged.length > 0
			? [`Damaged, and not to be restored: ${someOf(damaged)}.`]
			: [];
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

/** The label comes last: it may be of any width. */
function table({ shown, alone, now }: Rows): string[] {
	const rows = shown.map((snapshot) => [
		snapshot.number === undefined ? "undo" : String(snapshot.number),
		whenText(snapshot.createdAt, now),
		String(snapshot.files),
		bytesText(snapshot.bytes),
		aloneText(alone.get(snapshot.id)),
		whatText(snapshot),
	]);
	const header = ["#", "When", "Files", "Size", "Alone", "Label"];
	const widths = widthsOf([header, ...rows]);
	const [numbers = 0, whens = 0, counts = 0, sizes = 0, owns = 0] = widths;
	return [header, ...rows].map(
		([number = "", when = "", files = "", size = "", own = "", what = ""]) =>
			`${number.padStart(numbers)}  ${when.padEnd(whens)}  ${files.padStart(counts)}  ${size.padStart(sizes)}  ${own.padStart(owns)}  ${what}`.trimEnd(),
	);
}

function aloneText(bytes: number | undefined): string {
	return bytes === undefined ? "?" : bytesText(bytes);
}

function whatText({
	label,
	reason,
	complete,
	pinned,
	id,
	number,
	mark,
}: SnapshotInfo): string {
	const shown =
		number === undefined || (label ?? "").trim() === ""
			? printable(id)
			: shortened(printable(label ?? ""), 60);
	const marks = [
		...(mark === undefined ? [] : ["DAMAGED"]),
		...(complete ? [] : ["INCOMPLETE"]),
		...(pinned ? ["pinned"] : []),
		...(reason === "manual" || reason === label || reason === "before-restore"
			? []
			: [printable(reason)]),
	];
	return marks.length === 0 ? shown : `${shown} [${marks.join(", ")}]`;
}
