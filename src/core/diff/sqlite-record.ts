/*
 * How SQLite writes rows: sqlite.org/fileformat2.html#record_format. What is read is never trusted: any bytes give
 * values or `Malformed`.
 */

/** A database, or a page of it, is not as SQLite writes it. */
export class Malformed extends Error {}

/** A number where it is exact, and else a bigint. */
export type Integer = number | bigint;

export type Value = null | Integer | Bytes;

/** A text is kept as its bytes: two that differ only in what is no text would otherwise look the same. */
export interface Bytes {
	readonly kind: "text" | "blob";
	readonly bytes: Buffer;
	/** It goes on: only the beginning of the row was read. */
	readonly isCut: boolean;
}

/** As many as a table may have columns. */
const MOST_COLUMNS = 32_767;

/** Reads SQLite's integers of variable length, one behind the other. */
export class Cursor {
	readonly #bytes: Buffer;
	at: number;

	constructor(bytes: Buffer, at: number) {
		this.#bytes = bytes;
		this.at = at;
	}

	/** Signed, 64 bits. */
	integer(): Integer {
		let value = 0;
		for (let read = 0; read < 7; read++) {
			const byte = this.#next();
			value = value * 128 + (byte & 0x7f);
			if (byte < 0x80) return value;
		}
		return this.#long(BigInt(value));
	}

	/** @throws Malformed when it is none of anything that lies in a file */
	size(): number {
		const value = this.integer();
		if (typeof value === "number" && value >= 0) return value;
		throw new Malformed("a size is out of bounds");
	}

	#long(first: bigint): Integer {
		const eighth = this.#next();
		let value = (first << 7n) | BigInt(eighth & 0x7f);
		if (eighth >= 0x80) value = (value << 8n) | BigInt(this.#next());
		return exact(BigInt.asIntN(64, value));
	}

	#next(): number {
		const byte = this.#bytes[this.at++];
		if (byte === undefined)
			throw new Malformed("a number goes on past its end");
		return byte;
	}
}

function exact(value: bigint): Integer {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/** The values of a row, in the order in which they are stored. @param isCut only its beginning is here */
export function valuesOf(payload: Buffer, isCut: boolean): Value[] {
	const cursor = new Cursor(payload, 0);
	const headerSize = cursor.size();
	if (headerSize > payload.length)
		throw new Malformed("the header of a row is longer than the row");
	const values: Value[] = [];
	let at = headerSize;
	while (cursor.at < headerSize) {
		if (values.length === MOST_COLUMNS)
			throw new Malformed("a row has too many values");
		const type = cursor.size();
		const length = lengthOf(type);
		const isShort = at + length > payload.length;
		if (isShort && !isCut) throw new Malformed("a value goes on past its row");
		values.push(
			isShort ? beginningOf(payload, type, at) : storedValue(payload, type, at),
		);
		at += length;
	}
	if (cursor.at !== headerSize)
		throw new Malformed("the header of a row does not end where it says");
	return values;
}

/** By type: sqlite.org/fileformat2.html#record_format. */
const LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function lengthOf(type: number): number {
	const known = LENGTHS[type];
	if (known !== undefined) return known;
	if (type < 12) throw new Malformed("a value has a type that there is not");
	return Math.floor((type - 12) / 2);
}

function storedValue(payload: Buffer, type: number, at: number): Value {
	switch (type) {
		case 0:
			return null;
		case 6:
			return exact(payload.readBigInt64BE(at));
		case 7:
			return payload.readDoubleBE(at);
		case 8:
		case 9:
			return type - 8;
	}
	const length = lengthOf(type);
	if (type < 6) return payload.readIntBE(at, length);
	return {
		kind: type % 2 === 1 ? "text" : "blob",
		bytes: payload.subarray(at, at + length),
		isCut: false,
	};
}

function beginningOf(payload: Buffer, type: number, at: number): Value {
	const kind = type >= 12 && type % 2 === 1 ? "text" : "blob";
	return { kind, bytes: payload.subarray(at), isCut: true };
}

/** As SQLite's `IS` sees them: 1 is 1.0. What was cut is not known to be the same. */
export function isSameValue(a: Value, b: Value): boolean {
	if (!isBytes(a) || !isBytes(b)) return a === b;
	return a.kind === b.kind && !a.isCut && !b.isCut && a.bytes.equals(b.bytes);
}

export function isBytes(value: Value): value is Bytes {
	return typeof value === "object" && value !== null;
}
