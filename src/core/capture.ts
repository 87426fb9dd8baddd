import { errorCode, errorMessage, SnapshotError } from "../errors.ts";
import type {
	CheckResult,
	Patience,
	PinnedDatabase,
	System,
} from "../system/system.ts";
import {
	type Copied,
	copyFile,
	hashDatabase,
	makeDirectories,
	syncFile,
	syncTree,
} from "./durable.ts";
import type { Coverage, Entry, Missed } from "./manifest.ts";
import { parentOf } from "./paths.ts";
import { checkPatience, safePoint } from "./patience.ts";
import {
	databaseSignature,
	type Member,
	movedSince,
	type Scan,
	scan,
} from "./state-set.ts";

export interface CaptureRequest {
	readonly home: string;
	readonly coverage: Coverage;
	/** Databases by right, whatever their header says now. */
	readonly expectDatabase: (path: string) => boolean;
	/** Databases that this process has open: reading their first bytes would drop SQLite's locks on them. */
	readonly open?: ReadonlySet<string>;
	/** An empty directory to copy into. */
	readonly into: string;
	/** Called with what was found before anything is copied; may throw, for want of space. */
	readonly beforeCopy?: (found: Scan) => void;
}

export interface Captured {
	readonly entries: readonly Entry[];
	readonly missed: readonly Missed[];
	/** All of it is of one moment. */
	readonly coherent: boolean;
	/** What was seen, to tell later whether anything has moved since. */
	readonly scan: Scan;
	/** Of each database, when its transaction began. */
	readonly signatures: ReadonlyMap<string, string>;
}

/** The same set is looked at this often before it is taken as it is, and said to be of several moments. */
const ATTEMPTS = 3;
/** A change this recent, in milliseconds, may be followed by another that leaves the same time stamp. */
const RACY = 2000;
/** How long a database is searched for damage, in milliseconds. */
const CHECK_BUDGET = 20_000;

/**
 * Copies the state set, each database as it was at one pinned moment.
 *
 * Order: look at everything; begin a read transaction on every database; copy the plain files; look again. If no
 * file moved meanwhile and no database while the transactions were begun, the set is of one moment, and a writer
 * may go on as it likes while the databases are copied, which is the slow part.
 */
export async function capture(
	system: System,
	request: CaptureRequest,
	patience: Patience,
): Promise<Captured> {
	const { home, coverage, into } = request;
	const files = new Map<string, TakenFile>();

	for (let attempt = 1; ; attempt++) {
		const found = scan(system.disk, home, coverage, request);
		request.beforeCopy?.(found);
		await safePoint(system, patience);
		const pins = await pinAll(system, home, found, patience);
		try {
			const missed = [
				...found.missed,
				...pins.missed,
				...(await takeFiles(system, request, found, files, patience)),
			];
			const coherent =
				pins.atOnce && movedSince(system.disk, home, found).length === 0;
			if (!coherent && attempt < ATTEMPTS) continue;
			const plain = found.members.flatMap((member) =>
				plainEntry(system, home, member, files),
			);
			const databases = await takeDatabases(
				system,
				request,
				found,
				pins,
				missed,
				patience,
			);
			syncTree(system.disk, into);
			const entries = [...plain, ...databases].sort((a, b) =>
				a.path < b.path ? -1 : 1,
			);
			return {
				entries,
				missed,
				coherent,
				scan: found,
				signatures: pins.signatures,
			};
		} finally {
			for (const pin of pins.byPath.values()) pin.release();
		}
	}
}

interface TakenFile extends Copied {
	readonly signature: string;
}

/** Copies the files that were not already copied as they are now. Returns those that could not be. */
async function takeFiles(
	system: System,
	{ home, into }: CaptureRequest,
	{ members }: Scan,
	taken: Map<string, TakenFile>,
	patience: Patience,
): Promise<Missed[]> {
	const { disk, clock } = system;
	const missed: Missed[] = [];
	const pause = () => checkPatience(patience, clock.monotonic());
	let sinceBreath = 0;
	for (const { path, kind, stat } of members) {
		if (kind !== "file" || taken.get(path)?.signature === stat.signature)
			continue;
		if (++sinceBreath % 100 === 0) await safePoint(system, patience);
		try {
			const from = `${home}/${path}`;
			const to = `${into}/${path}`;
			if (disk.stat(to) !== undefined) disk.unlink(to);
			makeDirectories(disk, into, parentOf(to) ?? into);
			const copied = copyFile(disk, from, to, pause);
			syncFile(disk, to);
			taken.set(path, { ...copied, signature: copied.stat.signature });
		} catch (error) {
			const code = errorCode(error) ?? "";
			// The file went while we looked: the next look will not see it. ELOOP: it became a link.
			if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) continue;
			if (!["EACCES", "EPERM", "EIO"].includes(code)) throw error;
			missed.push({ path, why: errorMessage(error), lost: true });
		}
	}
	return missed;
}

function plainEntry(
	{ disk }: System,
	home: string,
	{ path, kind, stat }: Member,
	taken: ReadonlyMap<string, TakenFile>,
): Entry[] {
	const { mode, mtime } = stat;
	if (kind === "directory") return [{ path, kind, mode, mtime }];
	if (kind === "link")
		return [{ path, kind, target: disk.readLink(`${home}/${path}`), mtime }];
	const file = kind === "file" ? taken.get(path) : undefined;
	if (file === undefined) return [];
	return [
		{
			path,
			kind: "file",
			size: file.size,
			mode: file.stat.mode,
			mtime: file.stat.mtime,
			sha256: file.sha256,
		},
	];
}

interface Pins {
	readonly byPath: ReadonlyMap<string, PinnedDatabase>;
	readonly signatures: ReadonlyMap<string, string>;
	readonly missed: readonly Missed[];
	/** No database was written to between the first and the last transaction's beginning. */
	readonly atOnce: boolean;
}

async function pinAll(
	system: System,
	home: string,
	{ members }: Scan,
	patience: Patience,
): Promise<Pins> {
	const byPath = new Map<string, PinnedDatabase>();
	const missed: Missed[] = [];
	const databases = members.filter(({ kind }) => kind === "database");
	const look = () =>
		new Map(
			databases.map(({ path }) => [
				path,
				databaseSignature(system.disk, `${home}/${path}`),
			]),
		);
	const signatures = look();
	try {
		for (const { path } of databases) {
			try {
				byPath.set(path, await system.sqlite.pin(`${home}/${path}`, patience));
			} catch (error) {
				missed.push({ path, why: whyUnreadable(error), lost: true });
			}
			checkPatience(patience, system.clock.monotonic());
		}
	} catch (error) {
		for (const pin of byPath.values()) pin.release();
		throw error;
	}
	const after = look();
	const atOnce = databases.every(
		({ path }) => signatures.get(path) === after.get(path),
	);
	return { byPath, signatures, missed, atOnce };
}

/**
 * Smallest first, and each released as soon as it is copied: a database without a write-ahead log
 * cannot be written to while it is read.
 */
async function takeDatabases(
	system: System,
	{ home, into }: CaptureRequest,
	{ members }: Scan,
	pins: Pins,
	missed: Missed[],
	patience: Patience,
): Promise<Entry[]> {
	const entries: Entry[] = [];
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const waiting = members.filter(({ path }) => pins.byPath.has(path));
	const walLast = (path: string) =>
		pins.byPath.get(path)?.journalMode === "wal" ? 1 : 0;
	waiting.sort(
		(a, b) => walLast(a.path) - walLast(b.path) || a.stat.size - b.stat.size,
	);

	for (const { path, stat } of waiting) {
		const pin = pins.byPath.get(path);
		if (pin === undefined) continue;
		const to = `${into}/${path}`;
		makeDirectories(system.disk, into, parentOf(to) ?? into);
		const found = await copyDatabase(system, pin, to, patience);
		if (found.verdict === "damaged") {
			if (system.disk.stat(to) !== undefined) system.disk.unlink(to);
			missed.push({ path, why: found.details, lost: true });
			continue;
		}
		system.disk.setMode(to, 0o600);
		syncFile(system.disk, to);
		const { size, sha256, content } = hashDatabase(system.disk, to, pause);
		const signature = trusted(
			system,
			`${home}/${path}`,
			pins.signatures.get(path),
		);
		const { mode, mtime } = stat;
		const checked = found.verdict === "ok";
		const journalMode = pin.journalMode;
		entries.push({
			path,
			kind: "database",
			size,
			mode,
			mtime,
			sha256,
			content,
			journalMode,
			...(signature && { signature }),
			checked,
		});
	}
	return entries;
}

/** Never a raw copy in its place: that would pass for a good one. */
async function copyDatabase(
	{ sqlite }: System,
	pin: PinnedDatabase,
	to: string,
	patience: Patience,
): Promise<CheckResult> {
	try {
		await pin.copyTo(to, patience);
		pin.release();
		sqlite.makePlain(to);
		return await sqlite.check(to, CHECK_BUDGET);
	} catch (error) {
		if (
			error instanceof SnapshotError ||
			isFullDisk(error) ||
			patience.signal.aborted
		)
			throw error;
		return { verdict: "damaged", details: whyUnreadable(error) };
	}
}

function isFullDisk(error: unknown): boolean {
	return ["ENOSPC", "EDQUOT", "SQLITE_FULL", "SQLITE_IOERR_WRITE"].includes(
		errorCode(error) ?? "",
	);
}

function whyUnreadable(error: unknown): string {
	const code = errorCode(error) ?? "";
	if (/^SQLITE_(BUSY|LOCKED)/.test(code))
		return "the database was locked by another process for too long";
	if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
		return `the database is damaged (${errorMessage(error)})`;
	return errorMessage(error);
}

/** The signature, if nothing that it is made of is so young that a later change could hide behind it. */
function trusted(
	{ disk, clock }: System,
	path: string,
	signature: string | undefined,
): string | undefined {
	const youngest = Math.max(
		disk.stat(path)?.mtime ?? 0,
		disk.stat(`${path}-wal`)?.mtime ?? 0,
	);
	const age = clock.now().getTime() - youngest;
	return age > RACY && databaseSignature(disk, path) === signature
		? signature
		: undefined;
}
