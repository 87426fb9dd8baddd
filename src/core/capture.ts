import { errorCode } from "../errors.ts";
import type {
	DatabaseSchema,
	Disk,
	Patience,
	System,
} from "../system/system.ts";
import { type Glance, pinAll, takeDatabases } from "./capture-databases.ts";
import { type Copied, copyFile, Unreadable } from "./copy.ts";
import { makeDirectories, syncTree } from "./durable.ts";
import { wholeFamilies } from "./log-files.ts";
import type { Coverage, Entry, Missed } from "./manifest.ts";
import { movedSince } from "./moved-since.ts";
import { parentOf } from "./paths.ts";
import { checkPatience, safePoint } from "./patience.ts";
import { whyUnreadable } from "./reasons.ts";
import { type Member, type Scan, type ScanOptions, scan } from "./scan.ts";

export interface CaptureRequest extends ScanOptions {
	readonly home: string;
	readonly coverage: Coverage;
	/** An empty directory to copy into. */
	readonly into: string;
	/** Called with what was found before anything is copied; may throw, for want of space. */
	readonly beforeCopy?: (found: Scan) => void;
	/** The tables of a database that are saved without rows. */
	readonly cleared: (path: string) => readonly string[];
	/** Databases are only looked at: their copies go one by one. */
	readonly glance?: Glance;
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
	/** Of databases whose copies have gone. */
	readonly schemas: ReadonlyMap<string, DatabaseSchema>;
}

/** The same set is looked at this often before it is taken as it is, and said to be of several moments. */
const ATTEMPTS = 3;

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
		dropStale(system.disk, into, found, files);
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
			const whole = wholeFamilies(
				found.members.flatMap((member) =>
					plainEntry(system, home, member, files),
				),
				missed,
			);
			missed.push(...whole.broken);
			for (const { path } of whole.broken)
				system.disk.unlink(`${into}/${path}`);
			const { entries: databases, schemas } = await takeDatabases(
				system,
				request,
				found,
				pins,
				missed,
				patience,
			);
			syncTree(system.disk, into);
			const entries = [...whole.entries, ...databases].sort((a, b) =>
				a.path < b.path ? -1 : 1,
			);
			return {
				entries,
				missed,
				coherent,
				scan: found,
				signatures: pins.signatures,
				schemas,
			};
		} finally {
			for (const pin of pins.byPath.values()) pin.release();
		}
	}
}

/** Copies of an earlier look that are no files any more, or other ones. */
function dropStale(
	disk: Disk,
	into: string,
	{ members }: Scan,
	taken: Map<string, TakenFile>,
): void {
	const current = new Map(members.map((member) => [member.path, member]));
	for (const [path, { signature }] of taken) {
		const now = current.get(path);
		if (now?.kind === "file" && now.stat.signature === signature) continue;
		disk.unlink(`${into}/${path}`);
		taken.delete(path);
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
		const from = `${home}/${path}`;
		const to = `${into}/${path}`;
		try {
			makeDirectories(disk, into, parentOf(to) ?? into);
			const copied = copyFile(disk, from, to, pause);
			taken.set(path, { ...copied, signature: copied.stat.signature });
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			disk.unlink(to);
			const code = errorCode(error.cause) ?? "";
			// The file went while we looked: the next look will not see it.
			if (code === "ENOENT" || code === "ENOTDIR") continue;
			const why = whyUnreadable(error.cause ?? error);
			missed.push({ path, why, lost: true });
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
