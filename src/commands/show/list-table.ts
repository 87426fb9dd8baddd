import { isKnownDamaged, type SnapshotInfo } from "../../core/store/listing.ts";
import {
	bytesText,
	momentText,
	numberText,
	printable,
	shortened,
	whenText,
} from "../text/text.ts";
import { GAP, padded, widthOf, widthsOf } from "../text/width.ts";

export interface Rows {
	readonly shown: readonly SnapshotInfo[];
	/** By id; those that are not in it were not looked at. */
	readonly alone: ReadonlyMap<string, number>;
	readonly now: Date;
	/** How wide a line may be; undefined: as wide as it is. */
	readonly columns: number | undefined;
}

interface Column {
	readonly head: string;
	/** @param width how much room there is, where that is known */
	readonly of: (snapshot: SnapshotInfo, width?: number) => string;
	readonly isNumber?: true;
}

/** The label comes last: it may be of any width. */
export function table({ shown, alone, now, columns }: Rows): string[] {
	const files = ({ files: count }: SnapshotInfo) => String(count);
	const own = ({ id }: SnapshotInfo) => aloneText(alone.get(id));
	const when = (toText: typeof whenText): Column => ({
		head: "When",
		of: ({ createdAt }) => toText(createdAt, now),
	});
	const number: Column = { head: "#", of: numberText, isNumber: true };
	const size: Column = {
		head: "Size",
		of: ({ bytes }) => bytesText(bytes),
		isNumber: true,
	};
	const label: Column = { head: "Label", of: whatText };
	const forms: Column[][] = [
		[
			number,
			when(whenText),
			{ head: "Files", of: files, isNumber: true },
			size,
			{ head: "Alone", of: own, isNumber: true },
			label,
		],
		[number, when(whenText), size, label],
		[number, when(momentText), size, label],
		[number, label],
	];
	return tableIn(forms, shown, columns);
}

/** The first form in which the labels have room; the last one whatever they have. */
function tableIn(
	[form = [], ...narrower]: readonly Column[][],
	shown: readonly SnapshotInfo[],
	columns: number | undefined,
): string[] {
	const rows = [
		form.map(({ head }) => head),
		...shown.map((snapshot) => form.map((column) => column.of(snapshot))),
	];
	const widths = widthsOf(rows);
	const last = form.length - 1;
	const before = widths
		.slice(0, last)
		.reduce((sum, width) => sum + width + 2, 0);
	const left =
		columns === undefined ? Number.POSITIVE_INFINITY : columns - before;
	const marks = Math.max(
		0,
		...shown.map((snapshot) => widthOf(marksText(snapshot))),
	);
	// Only for what is wrong with a snapshot its age is left out.
	const wanted =
		narrower.length === 1
			? marks + 1
			: Math.min(LABEL + marks, widths[last] ?? 0);
	if (left < wanted && narrower.length > 0)
		return tableIn(narrower, shown, columns);
	const labels = shown.map((snapshot) => form[last]?.of(snapshot, left));
	return rows.map((row, index) =>
		row
			.map((word, column) =>
				column === last
					? shortened(labels[index - 1] ?? word, Math.max(1, left))
					: padded(
							word,
							widths[column] ?? 0,
							form[column]?.isNumber && "right",
						),
			)
			.join(GAP)
			.trimEnd(),
	);
}

/** Columns that a label has to have before something else gives way. */
const LABEL = 24;

function aloneText(bytes: number | undefined): string {
	return bytes === undefined ? "?" : bytesText(bytes);
}

/** A label is cut before what is said of the snapshot. */
function whatText(
	snapshot: SnapshotInfo,
	width = Number.POSITIVE_INFINITY,
): string {
	const { label, id, number } = snapshot;
	const shown =
		number === undefined || (label ?? "").trim() === ""
			? printable(id)
			: shortened(printable(label ?? ""), 60);
	const marks = marksText(snapshot);
	return shortened(shown, Math.max(1, width - widthOf(marks))) + marks;
}

function marksText(snapshot: SnapshotInfo): string {
	const { label, reason, complete, pinned, found } = snapshot;
	const isDamaged = isKnownDamaged(snapshot);
	const marks = [
		...(isDamaged ? ["DAMAGED"] : found ? ["FAULTY"] : []),
		...(complete ? [] : ["INCOMPLETE"]),
		...(pinned ? ["pinned"] : []),
		...(reason === "manual" || reason === label || reason === "before-restore"
			? []
			: [printable(reason)]),
	];
	return marks.length === 0 ? "" : ` [${marks.join(", ")}]`;
}
