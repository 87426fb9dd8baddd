/*
 * Whether a page of a table's or an index' tree is one that SQLite would write (sqlite.org/fileformat2.html#b_tree_pages): what
 * its own check looks at without the pages around it.
 */

export interface TreeFacts {
	/** Bytes of a page that may be used: without those that an extension has reserved. */
	readonly usable: number;
	/** Of the whole database. */
	readonly pages: number;
}

const [TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF] = [5, 10, 13];

export function isTreeType(type: number): boolean {
	return [2, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF].includes(type);
}

/** @param at where it begins: behind the header of the database on the first page */
export function isSoundTree(
	page: Buffer,
	at: number,
	facts: TreeFacts,
): boolean {
	const type = page[at] ?? 0;
	const isInterior = type === 2 || type === TABLE_INTERIOR;
	const cells = page.readUInt16BE(at + 3);
	const content = page.readUInt16BE(at + 5) || 65_536;
	const pointers = at + (isInterior ? 12 : 8);
	if (pointers + 2 * cells > content || content > facts.usable) return false;
	if (isInterior && !isPage(page.readUInt32BE(at + 8), facts)) return false;
	const taken: Taken[] = [];
	let last = -1n << 64n;
	for (let index = 0; index < cells; index++) {
		const place = page.readUInt16BE(pointers + 2 * index);
		const cell = cellAt(page, place, type, facts);
		if (place < content || cell === undefined) return false;
		const isAfter =
			type === TABLE_LEAF ? cell.rowid > last : cell.rowid >= last;
		if (!isAfter) return false;
		last = cell.rowid;
		taken.push([place, cell.end]);
	}
	const free = freeBlocks(page, at, facts);
	if (free === undefined) return false;
	return isCovered([...taken, ...free], content, facts, page[at + 7] ?? 0);
}

/** From here to there, in bytes. */
type Taken = readonly [start: number, end: number];

interface Cell {
	/** Behind its last byte. */
	readonly end: number;
	/** Of an index, which has none, always the same. */
	readonly rowid: bigint;
}

/** Undefined: none can lie there. */
function cellAt(
	page: Buffer,
	place: number,
	type: number,
	facts: TreeFacts,
): Cell | undefined {
	let at = place;
	if (type === 2 || type === TABLE_INTERIOR) {
		if (at + 4 > facts.usable || !isPage(page.readUInt32BE(at), facts))
			return undefined;
		at += 4;
	}
	const isTable = type === TABLE_INTERIOR || type === TABLE_LEAF;
	const payload =
		type === TABLE_INTERIOR ? undefined : numberAt(page, at, facts.usable);
	if (type !== TABLE_INTERIOR && payload === undefined) return undefined;
	at = payload?.end ?? at;
	const rowid = isTable ? numberAt(page, at, facts.usable) : undefined;
	if (isTable && rowid === undefined) return undefined;
	at = rowid?.end ?? at;
	const end =
		payload === undefined ? at : localEnd(page, at, payload.value, type, facts);
	if (end === undefined || end > facts.usable) return undefined;
	// A cell is never shorter: the room of one that goes has to hold a free block.
	return { end: Math.max(end, place + 4), rowid: rowid?.value ?? 0n };
}

/** Behind what of a payload lies here, and the number of the page where it goes on. */
function localEnd(
	page: Buffer,
	at: number,
	payload: bigint,
	type: number,
	facts: TreeFacts,
): number | undefined {
	const { usable } = facts;
	if (payload < 0n || payload > 2n ** 31n) return undefined;
	const size = Number(payload);
	const most =
		type === TABLE_LEAF
			? usable - 35
			: Math.floor(((usable - 12) * 64) / 255) - 23;
	if (size <= most) return at + size;
	const least = Math.floor(((usable - 12) * 32) / 255) - 23;
	const wanted = least + ((size - least) % (usable - 4));
	const end = at + (wanted <= most ? wanted : least);
	if (end + 4 > usable || !isPage(page.readUInt32BE(end), facts))
		return undefined;
	return end + 4;
}

function isPage(number: number, { pages }: TreeFacts): boolean {
	return number > 1 && number <= pages;
}

/** A number of one to nine bytes, seven bits in each but the ninth. Two's complement. */
function numberAt(
	page: Buffer,
	at: number,
	end: number,
): { value: bigint; end: number } | undefined {
	let small = 0;
	for (let index = 0; index < 4; index++) {
		const byte = page[at + index];
		if (byte === undefined || at + index >= end) return undefined;
		small = small * 128 + (byte & 127);
		if (byte < 128) return { value: BigInt(small), end: at + index + 1 };
	}
	let value = BigInt(small);
	for (let index = 4; index < 9; index++) {
		const byte = page[at + index];
		if (byte === undefined || at + index >= end) return undefined;
		const isLast = index === 8;
		value = isLast
			? (value << 8n) | BigInt(byte)
			: (value << 7n) | BigInt(byte & 127);
		if (isLast || byte < 128)
			return { value: BigInt.asIntN(64, value), end: at + index + 1 };
	}
	return undefined;
}

/** Undefined: they lead out of the page, or backwards. */
function freeBlocks(
	page: Buffer,
	at: number,
	{ usable }: TreeFacts,
): Taken[] | undefined {
	const blocks: Taken[] = [];
	let last = 0;
	for (let place = page.readUInt16BE(at + 1); place > 0; ) {
		if (place <= last || place + 4 > usable) return undefined;
		const end = place + page.readUInt16BE(place + 2);
		if (end < place + 4 || end > usable) return undefined;
		blocks.push([place, end]);
		last = place;
		place = page.readUInt16BE(place);
	}
	return blocks;
}

/** Nothing lies over anything else, and between them is as much as the page says: bytes too few for a free block. */
function isCovered(
	taken: readonly Taken[],
	content: number,
	{ usable }: TreeFacts,
	fragments: number,
): boolean {
	let at = Math.min(content, usable);
	let left = 0;
	for (const [start, end] of taken.toSorted(([a], [b]) => a - b)) {
		if (start < at) return false;
		left += start - at;
		at = end;
	}
	return left + usable - at === fragments;
}
