import type { Diff } from "../../core/diff/diff.ts";
import type {
	ContentDifference,
	FileDifference,
} from "../../core/diff/file-difference.ts";
import type { Item } from "../../core/diff/side.ts";
import type { TableDifference } from "../../core/diff/table-difference.ts";
import { maskName, maskText } from "../../core/secrets/secrets.ts";
import type { Answer } from "../call/reply.ts";
import { snapshotData } from "../call/reply.ts";

/** So many of each list: `total` says how many there are. */
const MOST = 500;

/** @param isFull lines and rows are wanted, too */
export function diffData(
	{ left, right, differences }: Diff,
	isFull: boolean,
): Answer["data"] {
	return {
		left: snapshotData(left),
		right: right ? snapshotData(right) : null,
		same: differences.length === 0,
		total: differences.length,
		differences: differences
			.slice(0, MOST)
			.map((one) => differenceData(one, isFull)),
	};
}

function differenceData(
	one: FileDifference,
	isFull: boolean,
): Record<string, unknown> {
	const { path, rightPath, is, left, right, content, things, stays, newHome } =
		one;
	return {
		path,
		rightPath: rightPath ?? null,
		is,
		left: itemData(left),
		right: itemData(right),
		stays: stays ?? null,
		newHome: newHome ?? null,
		things: things.map(
			({ what, is, count, titles, within, oldest, newest, isExact }) => ({
				what,
				is,
				count,
				titles,
				within: within ?? null,
				oldest: oldest ?? null,
				newest: newest ?? null,
				exact: isExact,
			}),
		),
		in: content?.in ?? null,
		...contentData(content, isFull),
	};
}

function itemData(item: Item | undefined): Record<string, unknown> | null {
	if (item === undefined) return null;
	const { kind, size, mode, target } = item;
	return {
		...{ kind, bytes: size, mode: mode ?? null },
		target: target === undefined ? null : maskText(target),
	};
}

function contentData(
	content: ContentDifference | undefined,
	isFull: boolean,
): Record<string, unknown> {
	switch (content?.in) {
		case "keys":
			return {
				keys: content.keys.some.map(({ key, left, right, isHidden }) => ({
					key,
					left: left ?? null,
					right: right ?? null,
					hidden: isHidden,
				})),
				totalKeys: content.keys.total,
			};
		case "lines": {
			const { count, patch, isHidden } = content.lines;
			return {
				lines: count ?? null,
				patch: isFull ? patch.slice(0, MOST) : [],
				totalPatch: patch.length,
				hidden: isHidden,
				also: content.also,
			};
		}
		case "form":
			return { only: content.only };
		case "rows":
			return {
				tables: content.database.tables
					.slice(0, MOST)
					.map((table) => tableData(table, isFull)),
				totalTables: content.database.tables.length,
				schema: content.database.schema
					.slice(0, MOST)
					.map((one) => ({ ...one, what: maskName(one.what) })),
				totalSchema: content.database.schema.length,
				kept: content.database.kept.map((one) => ({
					...one,
					what: maskName(one.what),
				})),
				settings: content.database.settings,
			};
		case "unknown":
			return { why: content.why, side: content.side ?? null };
		default:
			return {};
	}
}

function tableData(
	table: TableDifference,
	isFull: boolean,
): Record<string, unknown> {
	const { name, isOnly, noted, isExact, columns, altered, rows } = table;
	const { left, right } = columns;
	return {
		name: maskName(name),
		only: isOnly ?? null,
		left: noted.left.count,
		right: noted.right.count,
		changed: noted.changed.count,
		moved: table.elsewhere,
		exact: isExact,
		columns: { left: left.map(maskName), right: right.map(maskName) },
		altered: altered.map((one) => ({ ...one, name: maskName(one.name) })),
		madeOtherwise: table.isMadeOtherwise,
		rows: isFull ? rows : [],
	};
}
