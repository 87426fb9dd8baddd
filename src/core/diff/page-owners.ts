import type { Work } from "../work.ts";
import type { IsSamePage } from "./changed-pages.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { Malformed } from "./sqlite-record.ts";
import { type Schema, schemaOf } from "./sqlite-tables.ts";
import {
	type Cell,
	cellsOf,
	overflowOf,
	type Tree,
	treeOf,
} from "./sqlite-tree.ts";

/** A database, and which of its pages belong to what. */
export interface Mapped {
	readonly file: SqliteFile;
	readonly schema: Schema;
	/** By the page where it begins. */
	readonly trees: ReadonlyMap<number, Tree>;
	/** Of each page the root of its tree; 0: of none. */
	readonly owners: Uint32Array;
	/** Of each page of none: it is known what it is. */
	readonly explained: Uint8Array;
}

/** Reads the pages above the leaves, and the list of the free ones. @throws Malformed */
export function* mapping(file: SqliteFile): Work<Mapped> {
	const schema = schemaOf(file);
	const owners = new Uint32Array(file.pages + 1);
	const explained = new Uint8Array(file.pages + 1);
	const trees = new Map<number, Tree>();
	const roots = file.pages === 0 ? [] : [1, ...schema.roots];
	for (const root of roots) {
		const claim = (page: number) => {
			if (!file.has(page)) throw new Malformed(`it has no page ${page}`);
			if (owners[page] !== 0) throw new Malformed(`page ${page} is used twice`);
			owners[page] = root;
		};
		trees.set(root, treeOf(file, root, claim));
		yield 0;
	}
	explainFree(file, explained);
	return { file, schema, trees, owners, explained };
}

/** sqlite.org/fileformat2.html#the_freelist */
function explainFree(file: SqliteFile, explained: Uint8Array): void {
	for (let trunk = file.firstFree; trunk !== 0; ) {
		const page = file.page(trunk);
		if (explained[trunk] === 1) throw new Malformed("its free pages go round");
		explained[trunk] = 1;
		const count = Math.min(page.readUInt32BE(4), file.usable / 4 - 2);
		for (let index = 0; index < count; index++) {
			const free = page.readUInt32BE(8 + 4 * index);
			if (file.has(free)) explained[free] = 1;
		}
		trunk = page.readUInt32BE(0);
	}
}

/** Pages with rows of that tree. */
export function rowPages({ kind, leaves, above }: Tree): readonly number[] {
	return kind === "table" ? leaves : [...above, ...leaves];
}

/** Pages that are in the same tree of both, and say the same: what stands on them stands in both. */
export function isShared(
	left: Mapped,
	right: Mapped,
	roots: { readonly left: number; readonly right: number },
	isSame: IsSamePage,
): (page: number) => boolean {
	return (page) =>
		isSame(page) &&
		left.owners[page] === roots.left &&
		right.owners[page] === roots.right;
}

/**
 * Pages that differ and are neither of a tree nor free, nor what a row goes on on that stands on a page that differs: a row
 * was written over in its place, so that only what it goes on on differs, and not its beginning.
 */
export function* strayPages(
	side: Mapped,
	isSame: IsSamePage,
): Work<Set<number>> {
	const { file, owners, explained, trees } = side;
	const stray = new Set<number>();
	for (let page = 2; page <= file.pages; page++)
		if (!isSame(page) && owners[page] === 0 && explained[page] === 0)
			if (!file.isBookkeeping(page)) stray.add(page);
	for (const tree of trees.values()) {
		if (stray.size === 0) break;
		for (const page of rowPages(tree)) {
			if (isSame(page)) continue;
			yield 0;
			for (const cell of cellsOf(file, page, tree.kind))
				for (const { number } of overflowIn(file, cell)) stray.delete(number);
		}
	}
	return stray;
}

/** Of a table, the pages from which a row goes on on one of those. */
export function* pagesLeadingTo(
	{ file }: Mapped,
	{ kind }: Tree,
	pages: Iterable<number>,
	stray: Set<number>,
): Work<number[]> {
	const leading: number[] = [];
	for (const page of pages) {
		if (stray.size === 0) break;
		yield 0;
		const before = stray.size;
		for (const cell of cellsOf(file, page, kind))
			for (const { number } of overflowIn(file, cell)) stray.delete(number);
		if (stray.size < before) leading.push(page);
	}
	return leading;
}

function overflowIn(file: SqliteFile, cell: Cell) {
	return cell.overflow === 0 ? [] : overflowOf(file, cell);
}
