import type { Work } from "../work.ts";
import { cellsOf } from "./sqlite-tree.ts";
import { differenceOf, type Row, type TableRows } from "./table-rows.ts";
import { WaitingRows } from "./waiting-rows.ts";

/** Who wants to know of the rows that differ. */
export interface RowSink {
	only(side: "left" | "right", row: Row): void;
	changed(left: Row, right: Row, columns: readonly string[]): void;
	/** They say the same, and have other rowids. */
	moved(left: Row, right: Row): void;
	/** That there is any was all that was to be known. */
	readonly isEnough?: boolean;
	/** What was told so far does not count: all is gone through again. */
	forget(): void;
}

/** The rows of one side that are to be looked at: those on these pages. */
export interface SomeRows {
	readonly rows: TableRows;
	readonly pages: readonly number[];
}

/** So often at most all is gone through again, for some of the waiting rows at a time. */
const MOST_ROUNDS = 64;

/**
 * Goes through both in the order of their rowids, holding one page of each. Where a table has another key, or none, a row
 * may have got another rowid: those wait until all others are seen. Returns whether all found their counterparts: false
 * says that there may be fewer differences, because there were too many rows to be told apart.
 */
export function* comparingRows(
	left: SomeRows,
	right: SomeRows,
	sink: RowSink,
): Work<boolean> {
	for (let rounds = 1; rounds <= MOST_ROUNDS; rounds *= 8) {
		sink.forget();
		let isExact = true;
		for (let round = 0; round < rounds && isExact; round++) {
			const waiting = new WaitingRows(left.rows, right.rows, { round, rounds });
			yield* merging(left, right, round === 0 ? sink : undefined, waiting);
			isExact = !waiting.isFull;
			if (isExact) waiting.settle(sink);
		}
		if (isExact) return true;
	}
	sink.forget();
	for (const [side, some] of [
		["left", left],
		["right", right],
	] as const)
		for (const page of some.pages) {
			for (const row of rowsOn(some, page)) sink.only(side, row);
			yield 0;
		}
	return false;
}

function* merging(
	left: SomeRows,
	right: SomeRows,
	sink: RowSink | undefined,
	waiting: WaitingRows,
): Work<void> {
	const isByRowid = left.rows.isByRowid && right.rows.isByRowid;
	const [lefts, rights] = [new InOrder(left), new InOrder(right)];
	const alone = (side: "left" | "right", row: Row) => {
		if (isByRowid) sink?.only(side, row);
		else waiting.add(side, row);
	};
	const isOrdered = left.rows.kind === "table" && right.rows.kind === "table";
	for (
		let done = 0;
		lefts.row !== undefined || rights.row !== undefined;
		done++
	) {
		if (done % 100 === 0) yield 0;
		if (waiting.isFull || sink?.isEnough) return;
		const [one, other] = [lefts.row, rights.row];
		const isLeft =
			one !== undefined &&
			(other === undefined || !isOrdered || one.cell.rowid <= other.cell.rowid);
		const isRight =
			other !== undefined &&
			(one === undefined || (isOrdered && other.cell.rowid <= one.cell.rowid));
		if (isLeft) lefts.next();
		if (isRight) rights.next();
		if (isLeft && isRight) {
			const columns = differenceOf(one, other);
			if (columns === undefined) continue;
			if (isByRowid || waiting.isSame(one, other))
				sink?.changed(one, other, columns);
			else {
				waiting.add("left", one);
				waiting.add("right", other);
			}
		} else if (isLeft) alone("left", one);
		else if (isRight) alone("right", other);
	}
}

function rowsOn({ rows }: SomeRows, page: number): Row[] {
	return cellsOf(rows.file, page, rows.kind).map((cell) => ({
		of: rows,
		cell,
	}));
}

/** One row after the other, of one page at a time. */
class InOrder {
	readonly #some: SomeRows;
	#page = 0;
	#here: readonly Row[] = [];
	#at = 0;
	/** Undefined: that was the last. */
	row: Row | undefined;

	constructor(some: SomeRows) {
		this.#some = some;
		this.next();
	}

	next(): void {
		while (this.#at >= this.#here.length) {
			const page = this.#some.pages[this.#page++];
			if (page === undefined) {
				this.row = undefined;
				return;
			}
			this.#here = rowsOn(this.#some, page);
			this.#at = 0;
		}
		this.row = this.#here[this.#at++];
	}
}
