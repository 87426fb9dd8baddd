import type { StoredColumn } from "../../system/system.ts";
import { sha256Of } from "../capture/content-hash.ts";
import { encoded, textOf } from "./row-text.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { isBytes, isSameValue, type Value, valuesOf } from "./sqlite-record.ts";
import { type Cell, isSameRow, payloadOf, type Tree } from "./sqlite-tree.ts";

/** Of a row so many bytes are taken apart to be shown. */
const HEAD = 64 * 1024;
/** And so many to be compared. What two longer ones say there must be the same in their bytes. */
const COMPARED = 16 * 1024 * 1024;

/** A row of one side, as its columns are called there. */
export interface Row {
	readonly of: TableRows;
	readonly cell: Cell;
}

/** How the rows of a table are to be read in one of the two databases. */
export class TableRows {
	readonly file: SqliteFile;
	readonly kind: Tree["kind"];
	/** Those that stand in its rows, in their order; undefined: nobody knows what they are called. */
	readonly #stored: readonly StoredColumn[] | undefined;
	readonly #rowid: string | undefined;
	#isByRowid: boolean;
	readonly #aligned = new WeakMap<TableRows, boolean>();
	/** Those of its key, in their order. */
	readonly keys: readonly string[];
	/** What was said of each column when its table was made: "TEXT NOT NULL DEFAULT 'x'". */
	readonly declared: ReadonlyMap<string, string>;
	/** What it calls its columns. */
	readonly names: readonly string[];

	constructor(
		file: SqliteFile,
		kind: Tree["kind"],
		columns: readonly StoredColumn[] | undefined,
	) {
		this.file = file;
		this.kind = kind;
		const keys = (columns ?? [])
			.filter(({ key }) => key > 0)
			.sort((a, b) => a.key - b.key);
		const stored = columns?.filter(({ isStored }) => isStored);
		// Without a rowid the key comes first.
		this.#stored =
			kind === "table" || stored === undefined
				? stored
				: [...keys, ...stored.filter(({ key }) => key === 0)];
		this.#rowid = columns?.find(({ isRowid }) => isRowid)?.name;
		this.#isByRowid = this.#rowid !== undefined;
		this.keys = keys.map(({ name }) => name);
		this.declared = new Map(
			columns?.map(({ name, declared }) => [name, declared]),
		);
		this.names = [...this.declared.keys()];
	}

	/** Of a table of which nobody needs to know what its columns are called. */
	static unnamed(file: SqliteFile, kind: Tree["kind"]): TableRows {
		const rows = new TableRows(file, kind, undefined);
		rows.#isByRowid = kind === "table";
		return rows;
	}

	/** Rows with the same rowid are the same, whatever else they say. */
	get isByRowid(): boolean {
		return this.#isByRowid;
	}

	get isKnown(): boolean {
		return this.#stored !== undefined;
	}

	/** Equal bytes say the same there: the columns that both know stand at the same places. */
	isAlignedWith(other: TableRows): boolean {
		// Asked of every row.
		const known = this.#aligned.get(other) ?? this.#looksAligned(other);
		this.#aligned.set(other, known);
		return known;
	}

	#looksAligned(other: TableRows): boolean {
		const there = other.#stored;
		if (this.#stored === undefined || there === undefined) return true;
		if (this.#rowid !== other.#rowid) return false;
		if (this.file.encoding !== other.file.encoding) return false;
		const places = new Map(there.map(({ name }, index) => [name, index]));
		return this.#stored.every(
			({ name }, index) => (places.get(name) ?? index) === index,
		);
	}

	/** By the names of its columns. @throws Malformed */
	valuesOf(cell: Cell, most = HEAD): ReadonlyMap<string, Value> {
		const payload = payloadOf(this.file, cell, most);
		const values = valuesOf(payload, cell.size > most);
		if (this.#stored === undefined)
			return new Map(
				values.map((value, index) => [`column ${index + 1}`, value]),
			);
		return new Map(
			this.#stored.map((column, index) => {
				const { name, isRowid } = column;
				const value = isRowid ? cell.rowid : values[index];
				// A row that was written before the column was added is shorter.
				return [
					name,
					value === undefined ? initialOf(column, this.file) : value,
				];
			}),
		);
	}

	/** Which row it is, for a comparison with that of another place, where its table has a key. */
	keyOf(cell: Cell): string {
		const values = this.valuesOf(cell, COMPARED);
		return this.keys.map((name) => exactText(values.get(name))).join("\0");
	}

	/** What it says in these columns; undefined: that is too much, or nobody knows which these are. */
	textOf(cell: Cell, names: readonly string[]): string | undefined {
		if (!this.isKnown || cell.size > COMPARED) return undefined;
		const values = this.valuesOf(cell, COMPARED);
		const text = names.map((name) => exactText(values.get(name))).join("\0");
		return text.length > 100 ? sha256Of(Buffer.from(text, "latin1")) : text;
	}

	/** How a person knows the row. */
	nameOf(cell: Cell): readonly (readonly [name: string, value: Value])[] {
		if (this.keys.length === 0) return [["rowid", cell.rowid]];
		const values = this.valuesOf(cell);
		return this.keys.map((name) => [name, values.get(name) ?? null]);
	}
}

/** What a row says of a column that was added after it was written. */
function initialOf({ initial }: StoredColumn, { encoding }: SqliteFile): Value {
	if (typeof initial === "string")
		return { kind: "text", bytes: encoded(initial, encoding), isCut: false };
	if (initial instanceof Uint8Array)
		return { kind: "blob", bytes: Buffer.from(initial), isCut: false };
	if (typeof initial === "bigint" && Number.isSafeInteger(Number(initial)))
		return Number(initial);
	return initial;
}

function exactText(value: Value = null): string {
	return isBytes(value)
		? `${value.kind}:${value.bytes.toString("latin1")}`
		: String(value);
}

/**
 * The columns, of those that both know, in which two rows differ; undefined: in none, whatever their bytes are. A row that was
 * written before a column was added is shorter than one that says the same.
 */
export function differenceOf(one: Row, other: Row): string[] | undefined {
	const isAlike = one.of.isAlignedWith(other.of);
	if (isAlike && isSameRow(one.of.file, one.cell, other.of.file, other.cell))
		return undefined;
	const [here, there] = [
		one.of.valuesOf(one.cell, COMPARED),
		other.of.valuesOf(other.cell, COMPARED),
	];
	const isSameEncoding = one.of.file.encoding === other.of.file.encoding;
	const differing = [...here].flatMap(([name, value]) => {
		const then = there.get(name);
		const isSame =
			then === undefined ||
			isSameValue(value, then) ||
			(!isSameEncoding && isSameText(one, value, other, then));
		return isSame ? [] : [name];
	});
	return differing.length > 0 ? differing : undefined;
}

/** Where both have rowids. */
export function hasOtherRowid(one: Row, other: Row): boolean {
	const isRowed = one.of.kind === "table" && other.of.kind === "table";
	return isRowed && one.cell.rowid !== other.cell.rowid;
}

function isSameText(one: Row, a: Value, other: Row, b: Value): boolean {
	return (
		isBytes(a) &&
		isBytes(b) &&
		a.kind === "text" &&
		b.kind === "text" &&
		!a.isCut &&
		!b.isCut &&
		textOf(a, one.of.file.encoding) === textOf(b, other.of.file.encoding)
	);
}
