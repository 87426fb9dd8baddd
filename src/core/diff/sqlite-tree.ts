import type { SqliteFile } from "./sqlite-file.ts";
import { Cursor, type Integer, Malformed } from "./sqlite-record.ts";

/*
 * The trees that hold the rows: sqlite.org/fileformat2.html#b_tree_pages. That of a table has its rows on its leaves, by their
 * rowid; that of an index, and of a table WITHOUT ROWID, has some on the pages above them, too.
 */

export interface Tree {
	readonly kind: "table" | "index";
	/** Page numbers, in the order of their rows. */
	readonly leaves: readonly number[];
	readonly above: readonly number[];
}

/** A row, or a key of an index, as far as it stands on its page. */
export interface Cell {
	/** 0 in an index. */
	readonly rowid: Integer;
	/** Bytes of all of it. */
	readonly size: number;
	readonly local: Buffer;
	/** The page on which it goes on; 0: it does not. */
	readonly overflow: number;
}

const INTERIOR_INDEX = 2;
const INTERIOR_TABLE = 5;
const LEAF_INDEX = 10;
const LEAF_TABLE = 13;

/** More levels than any database can have. */
const DEEPEST = 24;

/** Reads the pages above the leaves only: these are all of the same depth. @param claim told of each page of it, once */
export function treeOf(
	file: SqliteFile,
	root: number,
	claim: (page: number) => void,
): Tree {
	const height = heightOf(file, root);
	const leaves: number[] = [];
	const above: number[] = [];
	const visit = (number: number, level: number): void => {
		claim(number);
		if (level === 0) {
			leaves.push(number);
			return;
		}
		above.push(number);
		for (const child of childrenOf(file, number)) visit(child, level - 1);
	};
	visit(root, height);
	const type = typeOf(file.page(root), root);
	const isTable = type === LEAF_TABLE || type === INTERIOR_TABLE;
	return { kind: isTable ? "table" : "index", leaves, above };
}

function heightOf(file: SqliteFile, root: number): number {
	let number = root;
	for (let height = 0; height < DEEPEST; height++) {
		const type = typeOf(file.page(number), number);
		if (type === LEAF_TABLE || type === LEAF_INDEX) return height;
		const [first] = childrenOf(file, number);
		if (first === undefined) break;
		number = first;
	}
	throw new Malformed(`the tree of page ${root} has no leaves`);
}

function childrenOf(file: SqliteFile, number: number): number[] {
	const page = file.page(number);
	const type = typeOf(page, number);
	if (type !== INTERIOR_TABLE && type !== INTERIOR_INDEX)
		throw new Malformed(`page ${number} is none above leaves`);
	const children = cellPlaces(page, number).map((at) => page.readUInt32BE(at));
	children.push(page.readUInt32BE(headerAt(number) + 8));
	const wrong = children.find((child) => !file.has(child));
	if (wrong === undefined) return children;
	throw new Malformed(`page ${number} leads to page ${wrong}`);
}

/** The rows of a leaf, or of a page above those of an index, in their order. @throws Malformed when it is of another kind */
export function cellsOf(
	file: SqliteFile,
	number: number,
	kind: Tree["kind"],
): Cell[] {
	const page = file.page(number);
	const type = typeOf(page, number);
	const isFitting =
		kind === "table"
			? type === LEAF_TABLE
			: type === LEAF_INDEX || type === INTERIOR_INDEX;
	if (!isFitting) throw new Malformed(`page ${number} holds no rows of it`);
	return cellPlaces(page, number).map((at) => {
		const cursor = new Cursor(page, type === INTERIOR_INDEX ? at + 4 : at);
		const size = cursor.size();
		const rowid = kind === "table" ? cursor.integer() : 0;
		const length = localLength(file.usable, size, kind);
		const local = page.subarray(cursor.at, cursor.at + length);
		if (local.length < length || size > file.pages * file.pageSize)
			throw new Malformed(`a row of page ${number} goes on past its end`);
		const isWhole = length === size;
		if (!isWhole && cursor.at + length + 4 > page.length)
			throw new Malformed(`a row of page ${number} goes on past its end`);
		const overflow = isWhole ? 0 : page.readUInt32BE(cursor.at + length);
		return { rowid, size, local, overflow };
	});
}

function headerAt(number: number): number {
	return number === 1 ? 100 : 0;
}

function typeOf(page: Buffer, number: number): number {
	const type = page[headerAt(number)] ?? 0;
	if ([INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE].includes(type))
		return type;
	throw new Malformed(`page ${number} is none of a table or index`);
}

/** Where its cells are: each has room for a number of four bytes at least. */
function cellPlaces(page: Buffer, number: number): number[] {
	const header = headerAt(number);
	const count = page.readUInt16BE(header + 3);
	const isLeaf = (page[header] ?? 0) > INTERIOR_TABLE;
	const array = header + (isLeaf ? 8 : 12);
	const end = array + 2 * count;
	if (end > page.length)
		throw new Malformed(`page ${number} has too many rows`);
	const places: number[] = [];
	for (let at = array; at < end; at += 2) {
		const place = page.readUInt16BE(at);
		if (place < end || place + 4 > page.length)
			throw new Malformed(`a row of page ${number} is not on it`);
		places.push(place);
	}
	return places;
}

/** How much of a row of so many bytes stands on its page. */
function localLength(usable: number, size: number, kind: Tree["kind"]): number {
	const least = Math.floor(((usable - 12) * 32) / 255) - 23;
	const most =
		kind === "table"
			? usable - 35
			: Math.floor(((usable - 12) * 64) / 255) - 23;
	if (size <= most) return size;
	const rest = least + ((size - least) % (usable - 4));
	return rest <= most ? rest : least;
}

/** The pages on which a row goes on, as many as its size says. */
export function* overflowOf(
	file: SqliteFile,
	{ size, local, overflow }: Cell,
): Generator<{ readonly number: number; readonly content: Buffer }> {
	let next = overflow;
	for (let left = size - local.length; left > 0; ) {
		const page = file.page(next);
		const length = Math.min(left, file.usable - 4);
		yield { number: next, content: page.subarray(4, 4 + length) };
		left -= length;
		next = page.readUInt32BE(0);
	}
}

/** Of a row its first bytes, so many at most. */
export function payloadOf(file: SqliteFile, cell: Cell, most: number): Buffer {
	if (cell.overflow === 0) return cell.local.subarray(0, most);
	const pieces = [cell.local];
	let got = cell.local.length;
	for (const { content } of overflowOf(file, cell)) {
		if (got >= most) break;
		pieces.push(content);
		got += content.length;
	}
	return Buffer.concat(pieces).subarray(0, most);
}

/** The same bytes, of whatever length. */
export function isSameRow(
	left: SqliteFile,
	one: Cell,
	right: SqliteFile,
	other: Cell,
): boolean {
	if (one.size !== other.size) return false;
	// Of pages of one size they are cut at the same places.
	if (left.usable === right.usable) {
		if (!one.local.equals(other.local)) return false;
		const others = overflowOf(right, other);
		for (const { content } of overflowOf(left, one)) {
			const there = others.next();
			if (there.done || !content.equals(there.value.content)) return false;
		}
		return true;
	}
	const all = one.size;
	return payloadOf(left, one, all).equals(payloadOf(right, other, all));
}
