import { refuseFullDisk } from "../core/create/room.ts";
import { writeFully } from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import { printable } from "../core/words.ts";
import { breathe } from "../core/work.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import type { Archive } from "./archive.ts";
import {
	isArmoured,
	type Keys,
	opened,
	type Seal,
	sealKind,
} from "./encryption.ts";
import { gunzipped } from "./gunzip.ts";
import { openTar } from "./tar-reader.ts";
import { onePart } from "./zip-faults.ts";
import { partsAtEnd } from "./zip-parts.ts";
import { openZip } from "./zip-reader.ts";

export interface ArchiveFile {
	/** Links in it are followed: it is a person's own. */
	readonly path: string;
	readonly keys: Keys;
	/** A folder of ours, into which it is decrypted. */
	readonly scratch: string;
	/** How large it may become when it is unpacked, in bytes, before anything is made of it. */
	readonly most: (packed: number) => number;
}

const PIECE = 256 * 1024;
/** Far enough into a tar for the word that tells one. */
const BEGINNING = 512;

/** @throws SnapshotError `not-found`, `failed`, `damaged`, `wrong-key`, `no-space` */
export async function openArchive(
	agent: Agent,
	{ path, keys, scratch, most }: ArchiveFile,
): Promise<Archive> {
	const { disk } = agent.system;
	const name = printable(path);
	const file = openFile(disk, path);
	try {
		const { size } = disk.statOpen(file);
		const beginning = beginningOf(disk, file);
		if (sealKind(beginning) === "none")
			return await openPlain(agent, file, { name, beginning, size, most });
		refuseFullDisk(agent, size, 0);
		const plain = `${scratch}/opened`;
		await pourInto(agent, opened(bytesOf(agent, file), keys, name), plain);
		const inner = disk.open(plain, "read");
		const unsealed = {
			name,
			beginning: beginningOf(disk, inner),
			size: disk.statOpen(inner).size,
			most,
		};
		try {
			const archive = await openPlain(agent, inner, unsealed);
			disk.close(file);
			return archive;
		} catch (error) {
			disk.close(inner);
			throw error;
		}
	} catch (error) {
		disk.close(file);
		throw error;
	}
}

/** What it needs to be opened. @throws SnapshotError `not-found` */
export function sealOfFile(disk: Disk, path: string): Seal["kind"] {
	const file = openFile(disk, path);
	try {
		return sealKind(beginningOf(disk, file));
	} finally {
		disk.close(file);
	}
}

function openFile(disk: Disk, path: string): number {
	const missing = (why: string) =>
		new SnapshotError(
			"not-found",
			`${printable(path)} ${why}. Nothing was changed.`,
			{ hint: "Name the file of an archive." },
		);
	try {
		const real = disk.realPath(path);
		if (disk.stat(real)?.kind !== "file") throw missing("is no file");
		return disk.open(real, "read");
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (["ENOENT", "ENOTDIR"].includes(code)) throw missing("is not there");
		if (code === "ELOOP") throw missing("is a link that leads nowhere");
		throw error;
	}
}

interface Plain {
	readonly name: string;
	readonly beginning: Uint8Array;
	readonly size: number;
	readonly most: ArchiveFile["most"];
}

async function openPlain(
	agent: Agent,
	file: number,
	{ name, beginning, size, most }: Plain,
): Promise<Archive> {
	const { disk } = agent.system;
	const parts = partsAtEnd(disk, file, size);
	const form = formOf(beginning, parts === "one");
	if (form === "zip")
		return openZip({ disk, file, size }, name, () =>
			breathe(agent.system, agent.patience),
		);
	if (form === undefined && (parts === "several" || isPart(name, beginning)))
		throw onePart(name);
	if (form === undefined) throw unknownForm(name, beginning);
	const bytes = () => bytesOf(agent, file);
	const read =
		form === "tar.gz"
			? () => breathing(agent, gunzipped(bytes(), name, most(size)))
			: bytes;
	return openTar({ packed: size, read, close: () => disk.close(file) }, name);
}

/** The second is that of one with nothing in it. */
const ZIP = ["PK\x03\x04", "PK\x05\x06"];
/** Of one that was to be in several parts: the specification, 8.5. All of it may have gone into the first. */
const SPLIT = ["PK\x07\x08", "PK00PK"];

function formOf(
	beginning: Uint8Array,
	isInOne: boolean,
): "zip" | "tar.gz" | "tar" | undefined {
	const text = Buffer.from(beginning).toString("latin1");
	const starts = isInOne ? [...ZIP, ...SPLIT] : ZIP;
	if (starts.some((start) => text.startsWith(start))) return "zip";
	if (text.startsWith("\x1f\x8b")) return "tar.gz";
	return text.startsWith("ustar", 257) ? "tar" : undefined;
}

/** Those between the first and the last hold nothing that tells it. */
function isPart(name: string, beginning: Uint8Array): boolean {
	const text = Buffer.from(beginning).toString("latin1");
	return (
		SPLIT.some((start) => text.startsWith(start)) || /\.z\d\d+$/i.test(name)
	);
}

function unknownForm(name: string, beginning: Uint8Array): SnapshotError {
	const hint = isArmoured(beginning)
		? "It is encrypted by age as text: `age -d` decrypts it."
		: "Archives are zip files, tar.gz files, and those encrypted by age.";
	const why = beginning.length === 0 ? ": it is empty" : "";
	return new SnapshotError(
		"failed",
		`${name} is no archive that can be read${why}. Nothing was changed.`,
		{ hint },
	);
}

function beginningOf(disk: Disk, file: number): Uint8Array {
	const beginning = Buffer.alloc(BEGINNING);
	return beginning.subarray(0, disk.read(file, beginning, 0));
}

/** From its first on, again and again. */
async function* bytesOf(
	{ system, patience }: Agent,
	file: number,
): AsyncGenerator<Uint8Array> {
	for (let at = 0; ; ) {
		const piece = Buffer.allocUnsafe(PIECE);
		const read = system.disk.read(file, piece, at);
		if (read === 0) return;
		at += read;
		yield piece.subarray(0, read);
		await breathe(system, patience);
	}
}

/** Few bytes may become very many. */
async function* breathing(
	{ system, patience }: Agent,
	chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	for await (const chunk of chunks) {
		yield chunk;
		await breathe(system, patience);
	}
}

/** Into a new file. */
export async function pourInto(
	{ system: { disk } }: Agent,
	bytes: AsyncIterable<Uint8Array>,
	to: string,
): Promise<void> {
	const file = disk.open(to, "create", 0o600);
	try {
		for await (const chunk of bytes) writeFully(disk, file, chunk);
	} finally {
		disk.close(file);
	}
}

/** For what is known to be small. */
export async function textOf(
	bytes: AsyncIterable<Uint8Array>,
): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of bytes) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}
