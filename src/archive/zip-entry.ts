import { isUtf8 } from "node:buffer";
import type { Entry, getFileNameLowLevel, parseExtraFields } from "yauzl";
import type { Listed } from "./archive.ts";
import { nameInOneForm } from "./member-names.ts";

/** What is said of a file twice: in the table of contents, and before its content. */
export interface Header {
	/** By which program and system: only the table of contents says that. */
	readonly versionMadeBy: number;
	readonly generalPurposeBitFlag: number;
	readonly fileNameRaw: Buffer;
	readonly extraFieldRaw: Buffer;
}

/** Of the package, which is loaded when a zip comes. */
interface Package {
	readonly getFileNameLowLevel: typeof getFileNameLowLevel;
	readonly parseExtraFields: typeof parseExtraFields;
}

/** Its name is UTF-8: the specification, 4.4.4. */
const UTF8_BIT = 0x800;
const UNIX = 3;

function isOfUnix({ versionMadeBy }: Pick<Header, "versionMadeBy">): boolean {
	return versionMadeBy >>> 8 === UNIX;
}

/** Info-ZIP writes the names of Unix as they are, and does not say how: unzip takes them as they are, too. */
export function nameOfHeader(yauzl: Package, header: Header): string {
	const { generalPurposeBitFlag: flags, fileNameRaw } = header;
	const isUnsaid = isOfUnix(header) && isUtf8(fileNameRaw);
	return yauzl.getFileNameLowLevel(
		isUnsaid ? flags | UTF8_BIT : flags,
		fileNameRaw,
		yauzl.parseExtraFields(header.extraFieldRaw),
		false,
	);
}

/** Bits of a mode: sys/stat.h. */
const TYPE = 0o170000;
const TYPES: ReadonlyMap<number, Listed["kind"]> = new Map([
	[0, "file"], // made where there are none
	[0o100000, "file"],
	[0o040000, "directory"],
	[0o120000, "link"],
]);

export function listed(entry: Entry, name: string): Listed {
	const attributes = entry.externalFileAttributes >>> 16;
	const isUnix = isOfUnix(entry);
	const kind = isUnix ? (TYPES.get(attributes & TYPE) ?? "device") : "file";
	// Other programs tell a directory by its name alone, and would read another's content.
	const plain = name.endsWith("/") ? "directory" : "file";
	return {
		name: nameInOneForm(name),
		kind: kind === "link" || kind === "device" ? kind : plain,
		size: entry.uncompressedSize,
		mode: isUnix && attributes !== 0 ? attributes & 0o777 : undefined,
		mtime: timeOf(entry),
	};
}

/** Where the 32 bits of Info-ZIP's seconds since 1970 begin again, in milliseconds, and the first year behind their first end. */
const ROUND = 2 ** 32 * 1000;
const FIRST_BEHIND = 2038;

/** Milliseconds since 1970. The time of DOS, which goes on to 2107, tells how often the more exact one has begun again. */
function timeOf(entry: Entry): number {
	const exact = entry.getLastModDate().getTime();
	const rough = entry.getLastModDate({ forceDosFormat: true });
	if (rough.getFullYear() < FIRST_BEHIND) return exact;
	const rounds = Math.round((rough.getTime() - exact) / ROUND);
	return exact + Math.max(rounds, 0) * ROUND;
}
