import { maskName } from "../secrets/secrets.ts";
import type { RowSink } from "./compare-rows.ts";
import { textOf } from "./row-text.ts";
import { isBytes, type Value } from "./sqlite-record.ts";
import type { Row, TableRows } from "./table-rows.ts";

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

/** What makes a value fit to be shown: by the name of its column, and what it says. */
export type Shown = (name: string, value: Value) => string;

/** What is noted of rows that somebody would miss. */
export interface Noting {
	readonly time?: string;
	readonly within?: string;
	readonly title?: string;
}

/** Of the rows that only one side has, or that differ. */
export interface Noted {
	count: number;
	/** What these are parts of, by the values of a column; never shown. */
	readonly within: Set<string>;
	readonly titles: string[];
	/** Of the oldest and the newest, as the agent writes times. */
	oldest: unknown;
	newest: unknown;
}

/** Titles that are noted, so many at most. */
const TITLES = 3;
/** Beyond this many it does not matter. */
const MOST_WITHIN = 100_000;

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
		this.noted = { left: nothing(), right: nothing(), changed: nothing() };
	}

	get isNone(): boolean {
		const { left, right, changed } = this.noted;
		const columns = this.columns.left.length + this.columns.right.length;
		return (
			this.isOnly === undefined &&
			left.count + right.count + changed.count + columns === 0
		);
	}

	compareColumns(left: TableRows, right: TableRows): void {
		if (!left.isKnown || !right.isKnown) return;
		const without = (names: readonly string[], others: readonly string[]) =>
			names.filter((name) => !others.includes(name));
		this.columns = {
			left: without(left.names, right.names),
			right: without(right.names, left.names),
		};
	}

	forget(): void {
		this.rows = [];
		for (const noted of Object.values(this.noted)) clear(noted);
	}

	only(side: SideName, row: Row): void {
		this.#note(side, row);
		if (this.rows.length >= this.#most) return;
		const shown = this.#shown(row);
		const columns = [...row.of.valuesOf(row.cell)]
			.filter(([name, value]) => value !== null && !row.of.keys.includes(name))
			.map(([name, value]) => ({
				name: maskName(name),
				[side]: shown(name, value),
			}));
		this.rows.push({ is: side, key: keyText(row, shown), columns });
	}

	changed(left: Row, right: Row, names: readonly string[]): void {
		this.#note("changed", left);
		if (this.rows.length >= this.#most) return;
		const [one, other] = [
			left.of.valuesOf(left.cell),
			right.of.valuesOf(right.cell),
		];
		const columns = names.map((name) => ({
			name: maskName(name),
			left: this.#shown(left)(name, one.get(name) ?? null),
			right: this.#shown(right)(name, other.get(name) ?? null),
		}));
		const key = keyText(left, this.#shown(left));
		this.rows.push({ is: "changed", key, columns });
	}

	#note(is: SideName | "changed", row: Row): void {
		const noted = this.noted[is];
		noted.count++;
		const { time, within, title } = this.#noting;
		if (time === undefined && within === undefined && title === undefined)
			return;
		const values = row.of.valuesOf(row.cell);
		const { encoding } = row.of.file;
		const part = values.get(within ?? "") ?? null;
		if (part !== null && noted.within.size < MOST_WITHIN)
			noted.within.add(textOf(part, encoding));
		const known = values.get(title ?? "") ?? null;
		if (title !== undefined && known !== null && noted.titles.length < TITLES)
			noted.titles.push(this.#shown(row)(title, known));
		const moment = values.get(time ?? "") ?? null;
		if (moment !== null)
			noteTime(noted, isBytes(moment) ? textOf(moment, encoding) : moment);
	}
}

function noteTime(noted: Noted, time: unknown): void {
	if (noted.oldest === undefined || isBefore(time, noted.oldest))
		noted.oldest = time;
	if (noted.newest === undefined || isBefore(noted.newest, time))
		noted.newest = time;
}

function isBefore(a: unknown, b: unknown): boolean {
	return typeof a === "number" && typeof b === "number"
		? a < b
		: String(a) < String(b);
}

function keyText({ of, cell }: Row, shown: Shown): string {
	return of
		.nameOf(cell)
		.map(([name, value]) => `${maskName(name)} ${shown(name, value)}`)
		.join(", ");
}

function nothing(): Noted {
	return {
		count: 0,
		within: new Set(),
		titles: [],
		oldest: undefined,
		newest: undefined,
	};
}

function clear(noted: Noted): void {
	Object.assign(noted, { count: 0, oldest: undefined, newest: undefined });
	noted.within.clear();
	noted.titles.length = 0;
}
