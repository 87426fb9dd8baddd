import type { Entry, ZipFile } from "yauzl";
import { SnapshotError } from "../errors.ts";
import { notWhole, quoted } from "./zip-faults.ts";

/** What a zip says is in it. */
export interface Table {
	/** In its order. */
	readonly entries: readonly Entry[];
	/** Where at the latest the content of each ends. */
	readonly ends: ReadonlyMap<Entry, number>;
}

interface Reading {
	readonly zip: ZipFile;
	/** Of the file, for people. */
	readonly name: string;
	readonly nameOf: (entry: Entry) => string;
	/** Lets others in, Ctrl-C among them; may throw to end it. */
	readonly pause: () => Promise<void>;
	/** What stands where the table has ended: four bytes. */
	readonly behind: () => string;
}

/** @throws SnapshotError `damaged`, `failed` */
export async function readTable(reading: Reading): Promise<Table> {
	const { zip, name, pause } = reading;
	const entries: Entry[] = [];
	try {
		for await (const entry of zip.eachEntry()) {
			entries.push(entry);
			await pause();
		}
	} catch (error) {
		throw notWhole(name, error);
	}
	// With a number that is too small the last ones would be missing without a word.
	if (entries.length > 0 && !BEHIND.includes(reading.behind()))
		throw notWhole(name, "its table of contents is longer than it says");
	refuseFullDirectories(reading, entries);
	return { entries, ends: endsOf(reading, entries) };
}

/** The end of a zip, that of a large one, and a signature of the table: the specification's 4.3. */
const BEHIND = ["PK\x05\x06", "PK\x06\x06", "PK\x05\x05"];

/** What a packer makes of nothing, in bytes. */
const NOTHING = 2;

/** What a directory has as content would not come. */
function refuseFullDirectories(
	{ name, nameOf }: Reading,
	entries: readonly Entry[],
): void {
	const full = entries.find(
		(entry) =>
			(entry.uncompressedSize > 0 || entry.compressedSize > NOTHING) &&
			nameOf(entry).endsWith("/"),
	);
	if (full !== undefined)
		throw notWhole(
			name,
			`its ${quoted(nameOf(full))} is a directory, and has content`,
		);
}

/** A file of few bytes whose entries share them would fill a disk, and each of them be what it says. */
function endsOf(
	{ name, nameOf, zip }: Reading,
	entries: readonly Entry[],
): ReadonlyMap<Entry, number> {
	const inOrder = entries.toSorted(
		(a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
	);
	const ends = new Map<Entry, number>();
	for (const [index, entry] of inOrder.entries()) {
		const next = inOrder[index + 1];
		const end = next?.relativeOffsetOfLocalHeader ?? zip.fileSize;
		// What else stands before its content is only known there.
		const begins = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER;
		if (next !== undefined && begins + entry.compressedSize > end)
			throw shared(name, nameOf(entry), nameOf(next));
		ends.set(entry, end);
	}
	return ends;
}

/** Bytes, without the name. */
const LOCAL_HEADER = 30;

function shared(name: string, one: string, other: string): SnapshotError {
	return new SnapshotError(
		"damaged",
		`${name} says that ${quoted(one)} and ${quoted(other)} lie in the same bytes of it. Nothing was changed.`,
		{ hint: "It is damaged, or made to do harm: take another copy of it." },
	);
}
