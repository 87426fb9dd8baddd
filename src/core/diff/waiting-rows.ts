import { createHash } from "node:crypto";
import type { RowSink } from "./compare-rows.ts";
import { overflowOf } from "./sqlite-tree.ts";
import {
	differenceOf,
	hasOtherRowid,
	type Row,
	type TableRows,
} from "./table-rows.ts";

/** Bytes of rows that wait for their counterparts. */
const MOST = 24 * 1024 * 1024;
/** What one takes besides, about. */
const EACH = 300;

type Rows = Map<string, Row[]>;

/** Rows whose counterparts may lie anywhere: they are known by their keys, and where there are none by what they say. */
export class WaitingRows {
	readonly #isKeyed: boolean;
	/** Columns that both know. */
	readonly #common: readonly string[];
	readonly #round: number;
	readonly #rounds: number;
	readonly #left: Rows = new Map();
	readonly #right: Rows = new Map();
	#bytes = 0;

	/** @param share only those are taken that belong to this round of so many */
	constructor(
		left: TableRows,
		right: TableRows,
		share: { readonly round: number; readonly rounds: number },
	) {
		this.#isKeyed = left.keys.length > 0 && sameNames(left.keys, right.keys);
		this.#common = left.names.filter((name) => right.names.includes(name));
		this.#round = share.round;
		this.#rounds = share.rounds;
	}

	/** There were too many: some of them are not here. */
	get isFull(): boolean {
		return this.#bytes > MOST;
	}

	/** They have the same key. */
	isSame(one: Row, other: Row): boolean {
		return (
			this.#isKeyed && one.of.keyOf(one.cell) === other.of.keyOf(other.cell)
		);
	}

	add(side: "left" | "right", { of, cell }: Row): void {
		const row = { of, cell };
		const name = this.#isKeyed
			? of.keyOf(cell)
			: (of.textOf(cell, this.#common) ?? digestOf(row));
		if (this.#rounds > 1 && numberOf(name) % this.#rounds !== this.#round)
			return;
		this.#bytes += cell.local.length + name.length + EACH;
		if (this.isFull) return;
		// Not the page that it stands on.
		const own = { of, cell: { ...cell, local: Buffer.from(cell.local) } };
		const rows = side === "left" ? this.#left : this.#right;
		const same = rows.get(name);
		if (same === undefined) rows.set(name, [own]);
		else same.push(own);
	}

	/** All are here. */
	settle(sink: RowSink): void {
		const lone: { left: Row[]; right: Row[] } = { left: [], right: [] };
		for (const [name, lefts] of this.#left) {
			const rights = this.#right.get(name) ?? [];
			this.#right.delete(name);
			const both = Math.min(lefts.length, rights.length);
			for (let index = 0; index < both; index++)
				tell(sink, lefts[index], rights[index]);
			lone.left.push(...lefts.slice(both));
			lone.right.push(...rights.slice(both));
		}
		for (const rights of this.#right.values()) lone.right.push(...rights);
		this.#settleLone(lone, sink);
	}

	/** Without a key the rowid is all that says which row it was. */
	#settleLone(
		{ left, right }: { readonly left: Row[]; readonly right: Row[] },
		sink: RowSink,
	): void {
		const isPaired = ({ of }: Row) => !this.#isKeyed && of.kind === "table";
		const waiting = new Map(
			right.filter(isPaired).map((row) => [row.cell.rowid, row]),
		);
		for (const row of left) {
			const other = isPaired(row) ? waiting.get(row.cell.rowid) : undefined;
			waiting.delete(row.cell.rowid);
			if (other === undefined) sink.only("left", row);
			else tell(sink, row, other);
		}
		for (const row of right)
			if (!isPaired(row) || waiting.has(row.cell.rowid))
				sink.only("right", row);
	}
}

function tell(sink: RowSink, left: Row | undefined, right: Row | undefined) {
	if (left === undefined || right === undefined) return;
	const columns = differenceOf(left, right);
	if (columns !== undefined) sink.changed(left, right, columns);
	else if (hasOtherRowid(left, right)) sink.moved(left, right);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((name, index) => name === b[index]);
}

function digestOf({ of, cell }: Row): string {
	const hash = createHash("sha256").update(cell.local);
	if (cell.overflow !== 0)
		for (const { content } of overflowOf(of.file, cell)) hash.update(content);
	return hash.digest("base64");
}

/** FNV-1a. */
function numberOf(name: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < name.length; index++)
		hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
	return hash;
}
