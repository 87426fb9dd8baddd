import { createHash } from "node:crypto";
import fs from "node:fs";
import { inCriticalSet, isSidecarInSet } from "./critical-set.ts";
import { isSqlite, rowsOf } from "./database-rows.ts";

/** What plain tools see of one path. */
export interface Fact {
	type: "file" | "directory" | "link" | "fifo" | "socket" | "other";
	mode: number;
	size: number;
	/** Nanoseconds. */
	mtime: bigint;
	/** Of a regular file's bytes. */
	sha256?: string;
	/** Of a link. */
	target?: string;
	/** Of an SQLite file: a hash over its schema and every row, with what its `-wal` holds. */
	rows?: string;
}

/** Every path of a home but the store; bytes that are not UTF-8 are written \xNN. "." is the home itself. */
export type HomeRecord = Map<string, Fact>;

/** Reads a whole home. No process may write in it meanwhile, and this process may hold no database of it open. */
export function record(home: string): HomeRecord {
	const facts: HomeRecord = new Map();
	const visit = (bytes: Buffer, name: string): void => {
		const fact = look(bytes);
		facts.set(name, fact);
		if (fact.type !== "directory") return;
		for (const child of fs.readdirSync(bytes, { encoding: "buffer" })) {
			const childName =
				name === "." ? printable(child) : `${name}/${printable(child)}`;
			if (childName !== "state-snapshots")
				visit(Buffer.concat([bytes, Buffer.from("/"), child]), childName);
		}
	};
	visit(Buffer.from(home), ".");
	return facts;
}

/**
 * The differences that break a promise, each a line for people. In the critical set a database counts by its rows
 * and its sidecars do not count; everywhere else every byte does. Folders and links have no mtime worth keeping.
 */
export function difference(expected: HomeRecord, actual: HomeRecord): string[] {
	const lines: string[] = [];
	for (const file of [
		...new Set([...expected.keys(), ...actual.keys()]),
	].sort()) {
		if (isSidecarInSet(file)) continue;
		const left = expected.get(file);
		const right = actual.get(file);
		if (!left) lines.push(`${file}: should not be there`);
		else if (!right) lines.push(`${file}: is missing`);
		else
			lines.push(
				...compare(left, right, inCriticalSet(file)).map(
					(what) => `${file}: ${what}`,
				),
			);
	}
	return lines;
}

function compare(expected: Fact, actual: Fact, inSet: boolean): string[] {
	if (expected.type !== actual.type)
		return [`is a ${actual.type}, should be a ${expected.type}`];
	const lines: string[] = [];
	const say = (what: string, left: unknown, right: unknown) => {
		if (left !== right) lines.push(`${what} is ${right}, should be ${left}`);
	};
	// The kernel gives every link 0777.
	if (expected.type !== "link")
		say("mode", expected.mode.toString(8), actual.mode.toString(8));
	say("target", expected.target, actual.target);
	if (inSet && expected.rows !== undefined) {
		say("rows", expected.rows, actual.rows);
	} else if (expected.type === "file") {
		say("size", expected.size, actual.size);
		say("sha256", expected.sha256, actual.sha256);
		// Node sets times as doubles of seconds: the last microsecond may be off by one.
		if (distance(expected.mtime, actual.mtime) > 2_000n)
			say("mtime", expected.mtime, actual.mtime);
	}
	return lines;
}

function look(file: Buffer): Fact {
	const stat = fs.lstatSync(file, { bigint: true });
	const fact: Fact = {
		type: "other",
		mode: Number(stat.mode & 0o7777n),
		size: Number(stat.size),
		mtime: stat.mtimeNs,
	};
	if (stat.isDirectory()) return { ...fact, type: "directory" };
	if (stat.isSymbolicLink())
		return {
			...fact,
			type: "link",
			target: printable(fs.readlinkSync(file, { encoding: "buffer" })),
		};
	if (stat.isFIFO()) return { ...fact, type: "fifo" };
	if (stat.isSocket()) return { ...fact, type: "socket" };
	if (!stat.isFile()) return fact;
	// Only root reads what nobody may read; others know it by its size and times.
	if (!(stat.mode & 0o400n) && process.getuid?.() !== 0)
		return { ...fact, type: "file" };
	return {
		...fact,
		type: "file",
		sha256: sha256Of(file),
		rows: isSqlite(file) ? rowsOf(file.toString()) : undefined,
	};
}

/** The SHA-256 of a file, read in pieces. */
export function sha256Of(file: fs.PathLike): string {
	const hash = createHash("sha256");
	const piece = Buffer.allocUnsafe(1 << 20);
	const descriptor = fs.openSync(file, "r");
	try {
		for (
			let read = fs.readSync(descriptor, piece);
			read > 0;
			read = fs.readSync(descriptor, piece)
		) {
			hash.update(piece.subarray(0, read));
		}
	} finally {
		fs.closeSync(descriptor);
	}
	return hash.digest("hex");
}

/** A name as text; bytes that are not UTF-8 as \xNN, so that no two names look the same. */
function printable(name: Buffer): string {
	const text = name.toString();
	if (Buffer.from(text).equals(name)) return text;
	return [...name]
		.map((byte) =>
			byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
		)
		.join("");
}

function distance(left: bigint, right: bigint): bigint {
	return left > right ? left - right : right - left;
}
