import type {
	DatabaseSchema,
	Disk,
	Patience,
	System,
} from "../../system/system.ts";
import { wholeFamilies } from "../apply/log-files.ts";
import type { Counted } from "../home/host.ts";
import {
	type Member,
	type Scan,
	type ScanOptions,
	scan,
} from "../home/scan.ts";
import type { Coverage, Missed } from "../manifest/manifest.ts";
import type { PartTags } from "../parts/part-tags.ts";
import { checkPatience, safePoint } from "../patience.ts";
import type { Base } from "./base.ts";
import {
	databaseEntries,
	type Glance,
	schemasOf,
	takeDatabases,
} from "./capture-databases.ts";
import { plainEntry, replacedLinks, takeFiles } from "./capture-files.ts";
import {
	type Copies,
	dropFile,
	dropMovedDatabases,
	dropMovedFiles,
	noCopies,
	sharedIn,
	withoutCopied,
} from "./copies.ts";
import { type Entry, totalOf } from "./entry.ts";
import { movedSince } from "./moved-since.ts";
import { databaseSignatures, pinAll } from "./pins.ts";
import type { Shared } from "./survey.ts";
import { takeOverUnchanged } from "./take-over.ts";

export interface CaptureRequest extends ScanOptions {
	readonly home: string;
	readonly coverage: Coverage;
	/** A directory to copy into: empty, or with the copies of an earlier capture. */
	readonly into: string;
	/** Of that one: what has not moved since is not copied again. Those of this one are added. */
	readonly copies?: Copies;
	/** Called with what is still to be copied before anything is; may throw, for want of space. */
	readonly beforeCopy?: (found: Scan) => void;
	/** The tables of a database that are saved without rows. */
	readonly cleared: (path: string) => readonly string[];
	/** What is counted in a file or database. */
	readonly counted?: (path: string) => readonly Counted[];
	/** Databases are only looked at: their copies go one by one. */
	readonly glance?: Glance;
	/** What has not changed since that snapshot is taken over from it. */
	readonly base?: Base | undefined;
	/** Files of so many bytes or more are kept in parts. */
	readonly partsFrom?: number;
	/** By which parts are told. */
	readonly tags?: PartTags;
	/** Called before so many bytes of such a file are written; may throw, for want of space. */
	readonly beforeWrite?: (bytes: number) => void;
	/** Every database is searched for damage, however lately that was done. */
	readonly searchAll?: boolean;
	/** A look that was taken a moment ago, with which to begin. */
	readonly found?: Scan;
	/** The schemas of databases are told, too, of which there is no copy in one file. */
	readonly withSchemas?: boolean;
}

/** As the parts of a capture see it. */
export interface Taking extends CaptureRequest {
	readonly copies: Copies;
	readonly partsFrom: number;
	readonly beforeWrite: (bytes: number) => void;
	readonly counted: (path: string) => readonly Counted[];
	readonly patience: Patience;
	/** Called between pieces of work; throws when the person or the time wants an end. */
	readonly pause: () => void;
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
	readonly shared: Shared;
	/** When all of it was last compared with a hash or with its original, ISO 8601. */
	readonly verifiedAt: string | undefined;
}

const DEFAULTS = {
	partsFrom: Number.POSITIVE_INFINITY,
	beforeWrite: () => {},
	counted: () => [],
};

/** The same set is looked at this often before it is taken as it is, and said to be of several moments. */
const ATTEMPTS = 3;

/**
 * Copies the state set, each database as it was at one pinned moment.
 *
 * Order: look at everything; copy the plain files; begin a read transaction on every database; look again. A file that
 * did not move from the first look to the last was all the while what its copy says, and so was it when the
 * transactions began. If all files stood still, and the databases while the transactions were begun, the set is of that
 * moment, and writers may go on as they like while the databases are copied.
 *
 * Not so the writers of a database without a write-ahead log: they wait from its transaction on. So nothing is
 * done under the transactions but to look, and to copy databases. What moved is copied when they have been ended, and
 * everything is looked at again: that is quick, for what stood still is not copied twice.
 */
export async function capture(
	system: System,
	request: CaptureRequest,
	patience: Patience,
): Promise<Captured> {
	const { home, coverage, into, copies = noCopies() } = request;
	const { disk } = system;
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const taking = { ...DEFAULTS, ...request, copies, patience, pause };
	const { base } = request;
	// Of a base that was not read for long, all that is taken over is read.
	const verifiedAt =
		base?.isFresh === true ? base.verifiedAt : system.clock.now().toISOString();

	for (let attempt = 1; ; attempt++) {
		patience.progress?.begin("looking");
		const found =
			(attempt === 1 ? request.found : undefined) ??
			scan(disk, home, coverage, request);
		dropMoved(disk, taking, found);
		await takeOverUnchanged(system, taking, found);
		const toCopy = withoutCopied(found, copies);
		request.beforeCopy?.(toCopy);
		patience.progress?.begin("copying", sizeOf(toCopy));
		await safePoint(system, patience);
		const unread = await takeFiles(system, taking, found);
		const pins = await pinAll(system, home, found, copies, patience);
		try {
			const coherent =
				pins.atOnce && movedSince(disk, home, found).length === 0;
			if (!coherent && attempt < ATTEMPTS) continue;
			const plain = found.members.flatMap((member) =>
				plainEntry(system, home, member, copies),
			);
			const lost = [
				...found.missed,
				...pins.missed,
				...unread,
				...replacedLinks(system, home, found, plain),
			];
			const whole = wholeFamilies(plain, lost);
			for (const { path } of whole.broken) dropFile(disk, into, path, copies);
			const ruined = await takeDatabases(system, taking, found, pins);
			const entries = [...whole.entries, ...databaseEntries(found, copies)];
			return {
				entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)),
				missed: [...lost, ...whole.broken, ...ruined],
				coherent,
				scan: found,
				signatures: pins.signatures,
				schemas: schemasOf(copies),
				shared: sharedIn(copies),
				verifiedAt,
			};
		} finally {
			for (const pin of pins.byPath.values()) pin.release();
		}
	}
}

/** Bytes. */
function sizeOf({ members }: Scan): number {
	const isRead = ({ kind }: Member) => kind === "file" || kind === "database";
	return totalOf(members.filter(isRead).map(({ stat }) => stat));
}

/** Copies that do not say any more what is there. */
function dropMoved(
	disk: Disk,
	{ home, into, copies }: Taking,
	found: Scan,
): void {
	dropMovedFiles(disk, into, found, copies);
	const now = databaseSignatures(disk, home, found);
	dropMovedDatabases(disk, into, now, copies);
}
