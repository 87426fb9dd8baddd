import { createHash } from "node:crypto";
import fs from "node:fs";
import { isSqlite, rowsOf } from "../support/database-rows.ts";
import { sha256Of } from "../support/oracle.ts";

/** A file that is kept as a folder of parts. */
export interface PartsOnDisk {
	/** Bytes of each but the last. */
	readonly size: number;
	readonly sha256: readonly string[];
}

/** How a file of a snapshot differs from what its manifest says; each is said of the file by its name. */
export function compareKept(
	file: Buffer,
	size: number | undefined,
	{ parts, sha256 }: { parts?: PartsOnDisk; sha256?: string } = {},
): string[] {
	if (parts !== undefined) return compareParts(file, size, parts, sha256);
	const faults = compareFile(file, size, sha256);
	if (faults.length > 0) return faults;
	return isSqlite(file) && !opens(file.toString(), sha256Of(file))
		? ["cannot be opened"]
		: [];
}

function compareFile(
	file: Buffer,
	size: number | undefined,
	sha256: string | undefined,
): string[] {
	const found = fs.lstatSync(file, { throwIfNoEntry: false });
	if (found === undefined) return ["is missing"];
	if (!found.isFile()) return ["is no file"];
	if (found.size !== size)
		return [`has ${found.size} bytes instead of ${size}`];
	if (sha256 !== undefined && sha256Of(file) !== sha256)
		return ["has another hash"];
	// Whoever wrote to it would write to another snapshot, too.
	return found.nlink > 1 && (found.mode & 0o222) !== 0
		? ["is shared, and can be written to"]
		: [];
}

/** Part by part, and then as what they are together. That nothing else is in the folder, `faultsOf` has seen. */
function compareParts(
	folder: Buffer,
	size: number | undefined,
	parts: PartsOnDisk,
	sha256: string | undefined,
): string[] {
	const found = fs.lstatSync(folder, { throwIfNoEntry: false });
	if (found === undefined) return ["is missing"];
	if (!found.isDirectory()) return ["is no folder of parts"];
	const count = parts.sha256.length;
	const last = (size ?? 0) - (count - 1) * parts.size;
	if (last <= 0 || last > parts.size)
		return [`cannot have ${count} parts of ${parts.size} bytes`];
	const whole = createHash("sha256");
	const at = (index: number) =>
		Buffer.concat([folder, Buffer.from(`/${partName(index)}`)]);
	const faults = parts.sha256.flatMap((hash, index) => {
		const wanted = index === count - 1 ? last : parts.size;
		const wrong = compareFile(at(index), wanted, hash);
		if (wrong.length === 0) whole.update(fs.readFileSync(at(index)));
		return wrong.map((what) => `(part ${partName(index)}) ${what}`);
	});
	if (faults.length > 0) return faults;
	const hash = whole.digest("hex");
	if (sha256 !== undefined && hash !== sha256)
		return ["has another hash, put together"];
	return isSqlite(at(0)) && !opens(folder.toString(), hash)
		? ["cannot be opened, put together"]
		: [];
}

/** As `cat` puts them together: in the order of their names. */
export function partName(index: number): string {
	return String(index).padStart(6, "0");
}

/** By their content: the same one opens everywhere, and every copy of a home has the same ones. */
const opened = new Map<string, boolean>();

function opens(file: string, hash: string): boolean {
	const isSound = opened.get(hash) ?? !rowsOf(file).startsWith("unreadable");
	opened.set(hash, isSound);
	return isSound;
}
