import type { Work } from "../work.ts";
import type { Found } from "./changed-pages.ts";
import { comparingRows, type RowSink, type SomeRows } from "./compare-rows.ts";
import { isShared, type Mapped, rowPages } from "./page-owners.ts";
import { STATISTICS } from "./sqlite-tables.ts";
import { TableRows } from "./table-rows.ts";

/** What is kept for no person to read, and is not the same in both. */
export interface KeptDifference {
	/** "full-text index of messages" */
	readonly what: string;
	/** Of a table that differs itself: it had to follow. */
	readonly follows: boolean;
}

interface Sides {
	readonly one: Mapped;
	readonly other: Mapped;
	readonly found: Found;
	/** Names of the tables that differ. */
	readonly differing: ReadonlySet<string>;
}

/** Each is named once: that something in it differs is all that anybody wants to know of it. */
export function* comparingKept(sides: Sides): Work<KeptDifference[]> {
	const [one, other] = [sides.one.schema.kept, sides.other.schema.kept];
	const different: KeptDifference[] = [];
	for (const what of new Set([...one.keys(), ...other.keys()])) {
		if (!(yield* isAnyOther(sides, what))) continue;
		const isOf = (table: string) => what.endsWith(` of ${table}`);
		// That of a virtual table which is not there at all is told by that.
		const isTold = one.has(what) !== other.has(what) && what !== STATISTICS;
		const follows = isTold || [...sides.differing].some(isOf);
		different.push({ what, follows });
	}
	return different;
}

function* isAnyOther(sides: Sides, what: string): Work<boolean> {
	const [names, others] = [sides.one, sides.other].map(({ schema }) =>
		(schema.kept.get(what) ?? []).map(({ name }) => name),
	);
	for (const name of new Set([...(names ?? []), ...(others ?? [])])) {
		if (!names?.includes(name) || !others?.includes(name)) return true;
		if (yield* isOther(sides, what, name)) return true;
	}
	return false;
}

function* isOther(
	{ one, other, found }: Sides,
	what: string,
	name: string,
): Work<boolean> {
	const [left, right] = [one, other].map(({ schema, trees }) => {
		const table = schema.kept.get(what)?.find((each) => each.name === name);
		const root = table?.root ?? 0;
		return { root, tree: trees.get(root) };
	});
	if (!left?.tree || !right?.tree) return false;
	const roots = { left: left.root, right: right.root };
	const isSkipped = isShared(one, other, roots, found.isSame);
	const some = ({ file }: Mapped, tree: typeof left.tree): SomeRows => ({
		rows: TableRows.unnamed(file, tree.kind),
		pages: rowPages(tree).filter((page) => !isSkipped(page)),
	});
	const sink = new AnyDifference();
	yield* comparingRows(some(one, left.tree), some(other, right.tree), sink);
	return sink.isEnough;
}

class AnyDifference implements RowSink {
	isEnough = false;

	only(): void {
		this.isEnough = true;
	}

	changed(): void {
		this.isEnough = true;
	}

	moved(): void {
		this.isEnough = true;
	}

	forget(): void {}
}
