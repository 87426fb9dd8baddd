import { errorMessage } from "../errors.ts";
import type { Disk, FileStat } from "../system/system.ts";
import { DatabaseHeader } from "./database-header.ts";
import { readBeginning } from "./durable.ts";
import type { Host, PutBack, StateItem } from "./host.ts";
import type { Coverage, Missed } from "./manifest.ts";
import {
	ancestorsOf,
	databaseOfSidecar,
	looksLikeDatabase,
	matches,
	nameMatches,
	SIDECARS,
	STORE_NAME,
} from "./paths.ts";
import type { Settings } from "./settings.ts";

/** Something of the state set that is there now. */
export interface Member {
	/** Below the home. */
	readonly path: string;
	readonly kind: "file" | "database" | "link" | "directory";
	readonly stat: FileStat;
	/** For a directory: what is in it, but for the sidecars of databases, which come and go. */
	readonly names?: readonly string[];
}

export interface Scan {
	/** Sorted by path; a directory comes before what is in it. */
	readonly members: readonly Member[];
	/** There, but not to be captured: sockets, unreadable files, ruined databases. */
	readonly missed: readonly Missed[];
}

/** What to look for in this home: the host's list, in the home and the homes within it, and the user's own wishes. */
export function coverageOf(
	disk: Disk,
	home: string,
	host: Host,
	settings: Settings,
): Coverage {
	const homes = [
		"",
		...host.nestedHomes
			.flatMap((pattern) => expand(disk, home, pattern))
			.map((path) => `${path}/`),
	];
	const wanted = homes.flatMap((prefix) =>
		host.critical.flatMap(({ path }) => expand(disk, home, `${prefix}${path}`)),
	);
	const included = settings.include.flatMap((path) => expand(disk, home, path));
	const except = [
		...homes.flatMap((prefix) =>
			host.except.map((pattern) => `${prefix}${pattern}`),
		),
		...settings.exclude,
	];
	const paths = [...new Set([...wanted, ...included])].filter(
		(path) => !except.some((pattern) => matches(path, pattern)),
	);
	return { paths: paths.sort(), except };
}

/** The host's item that speaks of this path, in the home or a nested one. */
export function itemFor(host: Host, path: string): StateItem | undefined {
	const inner = host.nestedHomes
		.filter((pattern) => matches(path, pattern))
		.map((pattern) =>
			path.split("/").slice(pattern.split("/").length).join("/"),
		);
	return host.critical.find((item) =>
		[path, ...inner].some((candidate) => matches(candidate, item.path)),
	);
}

export function putBackOf(host: Host, path: string): PutBack {
	return itemFor(host, path)?.putBack ?? "always";
}

/**
 * Looks at everything covered, follows no link, opens files only to read their first bytes.
 * A database that this process has open must be named in `open`: closing a file drops SQLite's locks on it.
 */
export function scan(
	disk: Disk,
	home: string,
	coverage: Coverage,
	{
		expectDatabase,
		open = new Set(),
	}: { expectDatabase: (path: string) => boolean; open?: ReadonlySet<string> },
): Scan {
	const members = new Map<string, Member>();
	const missed: Missed[] = [];

	function visit(path: string): void {
		if (
			members.has(path) ||
			coverage.except.some((pattern) => matches(path, pattern))
		)
			return;
		const stat = disk.stat(`${home}/${path}`);
		if (stat === undefined) return;
		if (stat.kind === "special") {
			missed.push({
				path,
				why: `it is a ${stat.what}, which holds nothing to keep`,
				lost: false,
			});
			return;
		}
		try {
			if (stat.kind === "file") return addFile(path, stat);
			if (stat.kind === "link")
				return void members.set(path, { path, kind: "link", stat });
			const names = namesIn(disk, `${home}/${path}`);
			members.set(path, { path, kind: "directory", stat, names });
			for (const name of names) visit(`${path}/${name}`);
		} catch (error) {
			missed.push({ path, why: errorMessage(error), lost: true });
		}
	}

	function addFile(path: string, stat: FileStat): void {
		if (open.has(path))
			return void members.set(path, { path, kind: "database", stat });
		const verdict = recognise(
			new DatabaseHeader(readBeginning(disk, `${home}/${path}`, 100)),
			stat.size,
			path,
			expectDatabase(path),
		);
		if (typeof verdict === "string")
			members.set(path, { path, kind: verdict, stat });
		else missed.push({ path, why: verdict.why, lost: true });
	}

	/** A covered path below a link is not looked at: the link is taken instead. */
	function linkAbove(path: string): string | undefined {
		for (const ancestor of ancestorsOf(path)) {
			const stat = disk.stat(`${home}/${ancestor}`);
			if (stat === undefined) return undefined;
			// The directories on the way are taken with their modes, so that they can be made again.
			if (
				!members.has(ancestor) &&
				stat.kind !== "special" &&
				stat.kind !== "file"
			)
				members.set(ancestor, { path: ancestor, kind: stat.kind, stat });
			if (stat.kind !== "directory") return ancestor;
		}
		return undefined;
	}

	for (const path of coverage.paths)
		if (linkAbove(path) === undefined) visit(path);
	const byPath = (a: { path: string }, b: { path: string }) =>
		a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
	return {
		members: [...members.values()].sort(byPath),
		missed: missed.sort(byPath),
	};
}

/**
 * What has moved since the scan; databases are not looked at. Only stats, opens nothing: safe while
 * SQLite has the databases open.
 */
export function movedSince(
	disk: Disk,
	home: string,
	{ members }: Scan,
): string[] {
	const moved = ({ path, kind, stat, names }: Member): boolean => {
		const now = disk.stat(`${home}/${path}`);
		if (now?.kind !== stat.kind || now.mode !== stat.mode) return true;
		if (kind === "file" || kind === "link")
			return now.signature !== stat.signature;
		return (
			names !== undefined &&
			namesIn(disk, `${home}/${path}`).join("/") !== names.join("/")
		);
	};
	return members.filter(moved).map(({ path }) => path);
}

function namesIn(disk: Disk, directory: string): string[] {
	const names = disk.names(directory);
	const all = new Set(names);
	const isSidecar = (owner: string | undefined) =>
		owner !== undefined && (all.has(owner) || looksLikeDatabase(owner));
	return names.filter((name) => !isSidecar(databaseOfSidecar(name)));
}

/** Moves whenever a commit may have been made: `stat` of the database and its log missed 0 of 4,000 commits. */
export function databaseSignature(disk: Disk, path: string): string {
	return (
		["", ...SIDECARS.filter((sidecar) => sidecar !== "-shm")]
			.map((suffix) => disk.stat(`${path}${suffix}`))
			// An empty log says what no log says: connections make and remove one as they come and go.
			.map((stat) =>
				stat === undefined || stat.size === 0 ? "-" : stat.signature,
			)
			.join(" ")
	);
}

function recognise(
	header: DatabaseHeader,
	size: number,
	path: string,
	expected: boolean,
): "file" | "database" | { why: string } {
	if (header.isSqlite) return "database";
	// A database that was never written to is an empty file, and sound.
	if (size === 0 || !(expected || looksLikeDatabase(path))) return "file";
	if (header.isZeros) return { why: "the database is all zeros" };
	return expected ? { why: "it is not a SQLite database any more" } : "file";
}

/** The paths that a pattern stands for; a pattern without "*" stands for itself, there or not. */
function expand(disk: Disk, home: string, pattern: string): string[] {
	const names = pattern.split("/");
	const star = names.findIndex((name) => name.includes("*"));
	if (star < 0) return [pattern];
	const directory = names.slice(0, star).join("/");
	const above = directory === "" ? home : `${home}/${directory}`;
	if (disk.stat(above)?.kind !== "directory") return [];
	const wanted = names[star] ?? "";
	const found = disk
		.names(above)
		.filter(
			(name) =>
				nameMatches(name, wanted) &&
				name !== STORE_NAME &&
				!name.startsWith("."),
		);
	return found
		.map((name) =>
			[...names.slice(0, star), name, ...names.slice(star + 1)].join("/"),
		)
		.flatMap((path) => expand(disk, home, path));
}
