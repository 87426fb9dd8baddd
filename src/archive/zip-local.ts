import type { Entry, LocalFileHeader, parseExtraFields } from "yauzl";
import { SnapshotError } from "../errors.ts";
import type { OpenedZip } from "./zip-content.ts";
import { quoted } from "./zip-faults.ts";

/**
 * Where the content of it begins in the archive.
 * @throws SnapshotError `damaged` if another thing stands there than in the table of contents
 */
export async function contentStart(
	{ zip, name, nameOf }: OpenedZip,
	entry: Entry,
): Promise<number> {
	const { parseExtraFields } = await import("yauzl");
	const local = await zip.readLocalFileHeaderPromise(entry);
	const said = nameOf(entry);
	const there = nameOf({
		versionMadeBy: entry.versionMadeBy,
		generalPurposeBitFlag: local.generalPurposeBitFlag,
		fileNameRaw: local.fileName,
		extraFieldRaw: local.extraField,
	});
	if (said !== there)
		throw twoFaced(
			`${name} calls a file ${quoted(said)} in its table of contents, and ${quoted(there)} where its content lies`,
		);
	const other = otherwise(entry, local, parseExtraFields);
	if (other !== undefined)
		throw twoFaced(
			`${name} says of ${quoted(said)} that its ${other.what} is ${other.said} in its table of contents, and ${other.there} where its content lies`,
		);
	return local.fileDataStart;
}

/** One program would make this of it, another one that. */
function twoFaced(what: string): SnapshotError {
	return new SnapshotError("damaged", `${what}. Nothing was changed.`, {
		hint: "It is damaged, or made to do harm: take another copy of it.",
	});
}

/** General purpose bits: the specification, 4.4.4. */
const ENCRYPTED = 1;
/** Its sizes and its CRC-32 stand behind its content. */
const BEHIND = 8;

interface Difference {
	readonly what: string;
	readonly said: number | string;
	readonly there: number | string;
}

function otherwise(
	entry: Entry,
	local: LocalFileHeader,
	parse: typeof parseExtraFields,
): Difference | undefined {
	const flags = local.generalPurposeBitFlag;
	const encryption = (bits: number) => (bits & ENCRYPTED ? "used" : "none");
	const always: Difference[] = [
		{
			what: "encryption",
			said: encryption(entry.generalPurposeBitFlag),
			there: encryption(flags),
		},
		{
			what: "method",
			said: entry.compressionMethod,
			there: local.compressionMethod,
		},
	];
	const { size, packed } = sizesIn(local, parse);
	const known: Difference[] = [
		{ what: "CRC-32", said: entry.crc32, there: local.crc32 },
		{ what: "size", said: entry.uncompressedSize, there: size },
		{ what: "packed size", said: entry.compressedSize, there: packed },
	];
	const all = flags & BEHIND ? always : [...always, ...known];
	return all.find(({ said, there }) => said !== there);
}

/** Of a large file these stand in a field of their own, in this order: the specification, 4.5.3. */
const LARGE = 0xffffffff;
const LARGE_SIZES = 1;

function sizesIn(local: LocalFileHeader, parse: typeof parseExtraFields) {
	const field = parse(local.extraField).find(({ id }) => id === LARGE_SIZES);
	let at = 0;
	const real = (size: number) => {
		if (size !== LARGE || field === undefined || at + 8 > field.data.length)
			return size;
		at += 8;
		return Number(field.data.readBigUInt64LE(at - 8));
	};
	const size = real(local.uncompressedSize);
	return { size, packed: real(local.compressedSize) };
}
