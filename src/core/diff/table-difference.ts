import { maskName, maskText } from "../secrets/secrets.ts";
import type { RowSink } from "./compare-rows.ts";
import {
	forgetNoted,
	type Noted,
	type Noting,
	noteRow,
	nothingNoted,
} from "./noted-rows.ts";
import { shownPair, shownText } from "./shown.ts";
import { isBytes, type Value } from "./sqlite-record.ts";
import { hasOtherRowid, type Row, type TableRows } from "./table-rows.ts";

export type SideName = "left" | "right";

/** A row as it is shown: all of it masked. */
export interface ShownRow {
	readonly is: SideName | "changed";
	readonly key: string;
	readonly columns: readonly ShownColumn[];
}

export interface ShownColumn {
	readonly name: string;
	/** Undefined: it has no such row. */
	readonly left?: string;
	readonly right?: string;
}

/** What makes a value fit to be shown: by the name of its column, and what it says. A text in quotes, where it could be taken for a number. */
export type Shown = (name: string, value: Value, isQuoted?: boolean) => string;

/** The rows in which a table differs, counted, and some of them as they are shown. */
export class TableDifference implements RowSink {
	readonly name: string;
	readonly noted: Readonly<Record<SideName | "changed", Noted>>;
	rows: ShownRow[] = [];
	/** Only one of the two has this table at all. */
	isOnly: SideName | undefined;
	/** False: there may be fewer differences. */
	isExact = true;
	/** Columns that only one of the two has. */
	columns: Readonly<Record<SideName, readonly string[]>> = {
		left: [],
		right: [],
	};
	/** Columns of both that are declared otherwise: "note TEXT", "note BLOB". */
	altered: readonly ShownColumn[] = [];
	/** Something else is not the same in the statements that made it: a constraint, what a column is generated from. */
	isMadeOtherwise = false;
	/** Rows that say the same, and have other rowids. */
	elsewhere = 0;
	readonly #most: number;
	readonly #noting: Noting;
	readonly #shown: (row: Row) => Shown;

	constructor(
		name: string,
		options: {
			/** Rows that are shown. */
			readonly most: number;
			readonly noting: Noting;
			readonly shown: (row: Row) => Shown;
		},
	) {
		this.name = name;
		this.#most = options.most;
		this.#noting = options.noting;
		this.#shown = options.shown;
		this.noted = {
			left: nothingNoted(),
			right: nothingNoted(),
			changed: nothingNoted(),
		};
	}

	get isNone(): boolean {
		const { left, right, changed } = this.noted;
		const rows = left.count + right.count + changed.count + this.elsewhere;
		return this.isOnly === undefined && rows === 0 && !this.isOtherwise;
	}

	/** It is made otherwise, whatever is in it. */
	get isOtherwise(): boolean {
		const { left, right } = this.columns;
		const columns = left.length + right.length + this.altered.length;
		return columns > 0 || this.isMadeOtherwise;
	}

	/** @param isSame the statements that made them say the same */
	compareDefinitions(left: TableRows, right: TableRows, isSame: boolean): void {
		this.isMadeOtherwise = !isSame;
		if (!left.isKnown || !right.isKnown) return;
		const without = (names: readonly string[], others: readonly string[]) =>
			names.filter((name) => !others.includes(name));
		this.columns = {
			left: without(left.names, right.names),
			right: without(right.names, left.names),
		};
		this.altered = [...left.declared].flatMap(([name, one]) => {
			const other = right.declared.get(name);
			return other === undefined || one === other
				? []
				: [{ name, left: declaredText(one), right: declaredText(other) }];
		});
		// What the columns tell is told.
		const { columns, altered } = this;
		if (columns.left.length + columns.right.length + altered.length > 0)
			this.isMadeOtherwise = false;
	}

	forget(): void {
		this.rows = [];
		this.elsewhere = 0;
		for (const noted of Object.values(this.noted)) forgetNoted(noted);
	}

	only(side: SideName, row: Row): void {
		this.#note(side, row);
		if (this.rows.length >= this.#most) return;
		const shown = this.#shown(row);
		const columns = [...row.of.valuesOf(row.cell)]
			.filter(([name, value]) => value !== null && !row.of.keys.includes(name))
			.map(([name, value]) => ({
				name: maskName(name),
				[side]: shownText(shown(name, value)),
			}));
		this.rows.push({ is: side, key: keyText(row, shown), columns });
	}

	changed(left: Row, right: Row, names: readonly string[]): void {
		this.#note("changed", left);
		if (this.rows.length >= this.#most) return;
		const [lefts, rights] = [
			left.of.valuesOf(left.cell),
			right.of.valuesOf(right.cell),
		];
		const [here, there] = [this.#shown(left), this.#shown(right)];
		const columns = names.map((name) => {
			const pair = [lefts.get(name) ?? null, rights.get(name) ?? null] as const;
			const isUnlike = !isAlike(...pair);
			const [one, other] = [
				here(name, pair[0], isUnlike),
				there(name, pair[1], isUnlike),
			];
			return { name: maskName(name), ...shownPair(one, other) };
		});
		this.rows.push({
			is: "changed",
			key: keyText(left, here),
			columns: [...columns, ...rowidsOf(left, right)],
		});
	}

	moved(left: Row, right: Row): void {
		this.elsewhere++;
		if (this.rows.length >= this.#most) return;
		const key = keyText(left, this.#shown(left));
		this.rows.push({ is: "changed", key, columns: rowidsOf(left, right) });
	}

	#note(is: SideName | "changed", row: Row): void {
		noteRow(this.noted[is], row, this.#noting, (name) => {
			const title = row.of.valuesOf(row.cell).get(name) ?? null;
			return shownText(this.#shown(row)(name, title));
		});
	}
}

/** Those of a table in which the rowid is none of the columns. */
function rowidsOf(left: Row, right: Row): ShownColumn[] {
	return !left.of.isByRowid && hasOtherRowid(left, right)
		? [
				{
					name: "rowid",
					left: String(left.cell.rowid),
					right: String(right.cell.rowid),
				},
			]
		: [];
}

/** Both are texts, or both are none: neither can be taken for the other. */
function isAlike(one: Value, other: Value): boolean {
	const kind = (value: Value) => (isBytes(value) ? value.kind : "number");
	return kind(one) === kind(other);
}

function declaredText(declared: string): string {
	return declared === "" ? "no type" : shownText(maskText(declared));
}

function keyText({ of, cell }: Row, shown: Shown): string {
	return of
		.nameOf(cell)
		.map(
			([name, value]) => `${maskName(name)} ${shownText(shown(name, value))}`,
		)
		.join(", ");
}
