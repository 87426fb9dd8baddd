import { execFileSync } from "node:child_process";
import { supportScript } from "./paths.ts";

/** A file of an archive to be forged. One of `text`, `base64`, `zeros` (so many) and `file` (its content); none = empty. */
export interface ForgedMember {
	readonly name: string;
	readonly text?: string;
	readonly base64?: string;
	readonly zeros?: number;
	readonly file?: string;
	/** In a zip with the type, as of `stat`; in a tar permission bits. */
	readonly mode?: number;
	/** Zip: which system made it; 3 = Unix, 0 = DOS. */
	readonly system?: number;
	/** Zip: the name that a "Unicode path" field gives it besides. */
	readonly unicode?: string;
	/** Zip: its name where its content lies, if that is another one. */
	readonly local?: string;
	/** Zip: the encoding of its name, of which nothing is said: as Python calls it. */
	readonly unsaid?: "utf-8" | "cp437" | "latin-1";
	/** Zip: what is said before its content, if that is another thing than in the table of contents. */
	readonly before?: Readonly<
		Partial<Record<"flags" | "method" | "crc" | "packed" | "size", number>>
	>;
	/** Zip: not packed. */
	readonly stored?: boolean;
	/** Zip: how it is packed and what bits it has, as the table of contents says: see the specification, 4.4. */
	readonly method?: number;
	readonly flags?: number;
	/** Zip: the year that it changed in, as DOS has it. */
	readonly year?: number;
	/** Zip: when it changed, in seconds since 1970 of which 32 bits are kept, or in 100 ns since 1601. */
	readonly unixTime?: number;
	readonly windowsTime?: string;
	/** Zip: so many more names for the same bytes. */
	readonly again?: number;
	/** Tar. */
	readonly type?:
		| "file"
		| "directory"
		| "link"
		| "hard"
		| "fifo"
		| "device"
		| "block";
	/** Tar: where a link leads. */
	readonly to?: string;
}

export interface Forged {
	readonly form: "zip" | "tar" | "tgz";
	readonly members: readonly ForgedMember[];
	/** Zip: with the fields of large ones; written into a pipe; behind a program that unpacks it; as one of several parts that has all. */
	readonly made?: "zip64" | "streamed" | "behind" | "unsplit";
	/** Zip: so many empty files besides. */
	readonly many?: number;
	/** Zip: sizes that it gives, in bytes. */
	readonly claims?: Readonly<Record<string, number>>;
	/** Zip: how many there are, as it says at its end. */
	readonly count?: number;
	/** Zip: stands behind it. */
	readonly tail?: string;
	/** Zip: of the whole. */
	readonly comment?: string;
	/** Packed so many times more by gzip. */
	readonly gzipped?: number;
}

/** Writes archives with Python's zipfile and tarfile, which ask no questions. Keys are paths. */
export function forge(archives: Readonly<Record<string, Forged>>): void {
	const specs = Object.entries(archives).map(([path, spec]) => ({
		path,
		...spec,
	}));
	execFileSync("python3", [supportScript("forge-archives.py")], {
		input: JSON.stringify(specs),
		maxBuffer: 1024 * 1024,
	});
}

/** The content of one file of a zip, as `unzip` reads it. */
export function inZip(zip: string, name: string): Buffer {
	return execFileSync("unzip", ["-p", zip, name], {
		maxBuffer: 256 * 1024 * 1024,
	});
}
