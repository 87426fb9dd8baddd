import type { Disk, FileStat } from "../../system/system.ts";
import { missedSignature } from "../capture/signatures.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Coverage, Missed } from "../manifest/manifest.ts";
import { CLOSED, isClosed, TOO_LONG, whyUnreadable } from "../reasons.ts";
import { isTooLongToKeep } from "../store/store.ts";
import { ancestorsOf, looksLikeDatabase, matches } from "./paths.ts";
import { type Recognised, recognise } from "./recognise.ts";
import { isSidecar, type Known } from "./sidecars.ts";

/** Something of the state set that is there now. */
export interface Member {
	/** Below the home. */
	readonly path: string;
	readonly kind: "file" | "database" | "link" | "directory";
	readonly stat: FileStat;
	/** For a directory all of which is taken: what is in it. */
	readonly names?: readonly string[];
}

export interface Scan {
	/** Sorted by path; a directory comes before what is in it. */
	readonly members: readonly Member[];
	/** There, but not to be captured: sockets, unreadable files, ruined databases. */
	readonly missed: readonly Missed[];
	/** Of each that was missed, its `missedSignature`. */
	readonly missedSignatures: ReadonlyMap<string, string>;
	readonly coverage: Coverage;
	/** See `ScanOptions`. */
	readonly isPlain: (path: string) => boolean;
}

export interface ScanOptions {
	/** Databases by right, whatever their header says now. */
	readonly expectDatabase: (path: string) => boolean;
	/** Files by right, though named like a database: see `isSidecar`. */
	readonly isPlain?: (path: string) => boolean;
	/** The folder in which the snapshots are. */
	readonly store?: string;
	/** Databases that this process has open: reading their first bytes would drop SQLite's locks on them. */
	readonly open?: ReadonlySet<string>;
	/** What is known of a file since it was opened some other day. */
	readonly knownKind?: (
		path: string,
		stat: FileStat,
	) => "file" | "database" | undefined;
}

/** Looks at everything covered, follows no link, opens files only to read their first bytes. */
export function scan(
	disk: Disk,
	home: string,
	coverage: Coverage,
	{
		expectDatabase,
		isPlain = () => false,
		store = home,
		open = new Set(),
		knownKind = () => undefined,
	}: ScanOptions,
): Scan {
	const members = new Map<string, Member>();
	const missed: Missed[] = [];
	const missedSignatures = new Map<string, string>();

	for (const path of coverage.paths) if (isReachable(path)) visit(path);
	return {
		members: [...members.values()].sort(byPath),
		missed: missed.sort(byPath),
		missedSignatures,
		coverage,
		isPlain,
	};

	/** The directories on the way are taken with their modes, so that they can be made again; a link there is taken instead. */
	function isReachable(path: string): boolean {
		for (const ancestor of ancestorsOf(path)) {
			const stat = disk.stat(`${home}/${ancestor}`);
			if (stat?.kind !== "directory") {
				visit(ancestor);
				return false;
			}
			if (members.has(ancestor)) continue;
			if (missedSignatures.has(ancestor)) return false;
			if (isClosed(disk, `${home}/${ancestor}`)) {
				if (!isLeftOut(ancestor)) miss(ancestor, CLOSED, true);
				return false;
			}
			members.set(ancestor, { path: ancestor, kind: "directory", stat });
		}
		return true;
	}

	/** @param isListed a directory has named it: it is there, though it may be too far down to be looked at */
	function visit(path: string, isListed = false): void {
		if (members.get(path)?.names !== undefined) return;
		if (isLeftOut(path)) return;
		const stat = disk.stat(`${home}/${path}`);
		if (isSidecar(disk, home, path, { members, isPlain })) return;
		const isThere = isListed || stat !== undefined;
		const isTooLong = isThere && isTooLongToKeep(disk, store, path);
		if (isTooLong) miss(path, TOO_LONG, true);
		try {
			if (!isTooLong && stat !== undefined) add(path, stat);
		} catch (error) {
			miss(path, whyUnreadable(error), true);
		}
	}

	function isLeftOut(path: string): boolean {
		return coverage.except.some((pattern) => matches(path, pattern));
	}

	function miss(path: string, why: string, lost: boolean): void {
		const isDatabase = expectDatabase(path) || looksLikeDatabase(path);
		const seen = missedSignature(disk, `${home}/${path}`, isDatabase);
		missedSignatures.set(path, seen);
		missed.push({ path, why, lost });
	}

	function add(path: string, stat: FileStat): void {
		if (stat.kind === "special") {
			const lost = expectDatabase(path);
			const why = lost
				? `it is a ${stat.what} now, where a database belongs`
				: `it is a ${stat.what}, which holds nothing to keep`;
			miss(path, why, lost);
		} else if (stat.kind === "link") {
			members.set(path, { path, kind: "link", stat });
		} else if (stat.kind === "file") {
			const kind = kindOf(path, stat);
			if (typeof kind === "string") members.set(path, { path, kind, stat });
			else miss(path, kind.why, true);
		} else {
			const member = { path, kind: "directory", stat } as const;
			if (isClosed(disk, `${home}/${path}`)) {
				miss(path, CLOSED, true);
				return;
			}
			const all = disk.names(`${home}/${path}`);
			members.set(path, { ...member, names: [] });
			// A database comes before its sidecars, so that those are known when they come.
			for (const name of all) visit(`${path}/${name}`, true);
			const known = { coverage, members, isPlain };
			const names = all.filter((name) =>
				isTaken(disk, home, `${path}/${name}`, known),
			);
			members.set(path, { ...member, names });
		}
	}

	function kindOf(path: string, stat: FileStat): Recognised {
		if (open.has(path)) return "database";
		const { size } = stat;
		const known = knownKind(path, stat);
		const isPlain = known === "file" && !looksLikeDatabase(path);
		if (known === "database" || (isPlain && !expectDatabase(path)))
			return known;
		const header = new DatabaseHeader(
			readBeginning(disk, `${home}/${path}`, 100),
		);
		const found = recognise(header, size, path, expectDatabase(path));
		// A checkpoint that was cut off leaves the beginning in the log: SQLite can tell.
		const hasLog = () => (disk.stat(`${home}/${path}-wal`)?.size ?? 0) > 0;
		return typeof found !== "string" && hasLog() ? "database" : found;
	}
}

function byPath(a: { path: string }, b: { path: string }): number {
	return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** What is in a directory, without what is left out and without the sidecars of databases, which come and go. */
export function namesIn(
	disk: Disk,
	home: string,
	directory: string,
	known: Known & Pick<Scan, "coverage">,
): string[] {
	return disk
		.names(`${home}/${directory}`)
		.filter((name) => isTaken(disk, home, `${directory}/${name}`, known));
}

function isTaken(
	disk: Disk,
	home: string,
	path: string,
	known: Known & Pick<Scan, "coverage">,
): boolean {
	return !(
		isSidecar(disk, home, path, known) ||
		known.coverage.except.some((pattern) => matches(path, pattern))
	);
}
