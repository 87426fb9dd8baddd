import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type { Coverage } from "../manifest/manifest.ts";
import type { Host, PutBack, StateItem } from "./host.ts";
import { includedBy } from "./includes.ts";
import {
	ancestorsOf,
	familyOf,
	looksLikeDatabase,
	matches,
	nameMatches,
	STORE_NAME,
} from "./paths.ts";
import type { Settings } from "./settings.ts";

/** What to look for in this home: the host's list, in the home and the homes within it, and the user's own wishes. */
export function coverageOf(
	disk: Disk,
	home: string,
	host: Host,
	settings: Settings,
): Coverage {
	const homes = [
		"",
		...nestedHomesIn(disk, home, host).map((path) => `${path}/`),
	];
	const wanted = homes.flatMap((prefix) =>
		host.critical.flatMap(({ path: pattern, includes }) =>
			expand(disk, home, `${prefix}${pattern}`).flatMap((path) => [
				path,
				...(includes === undefined
					? []
					: includedBy(disk, home, path, includes)),
			]),
		),
	);
	const included = settings.include.flatMap((path) => expand(disk, home, path));
	const except = [
		...homes.flatMap((prefix) =>
			host.except.map((pattern) => `${prefix}${pattern}`),
		),
		...otherStores(host),
		...settings.exclude,
	];
	const patterns = [
		...homes.flatMap((prefix) =>
			host.critical.map(({ path }) => `${prefix}${path}`),
		),
		...settings.include,
	].filter((path) => path.includes("*"));
	const isDatabase = (path: string) => isDatabaseByRight(host, path);
	const paths = withLogs([...wanted, ...included], isDatabase).filter(
		(path) => !except.some((pattern) => matches(path, pattern)),
	);
	return {
		paths: paths.sort(),
		...(patterns.length > 0 && { patterns: patterns.sort() }),
		except,
	};
}

/** With what has come since that its patterns speak of. */
export function coveredNow(
	disk: Disk,
	home: string,
	coverage: Coverage,
	host: Host,
	isDatabase: (path: string) => boolean,
): Coverage {
	const { paths, patterns = [] } = coverage;
	const except = [...new Set([...coverage.except, ...otherStores(host)])];
	const since = patterns
		.flatMap((pattern) => expand(disk, home, pattern))
		.filter((path) => !except.some((pattern) => matches(path, pattern)));
	return {
		...coverage,
		except,
		paths: withLogs([...paths, ...since], isDatabase).sort(),
	};
}

/** The stores of homes within this one, as patterns: snapshots of theirs are no state of ours, whatever a person includes. */
export function otherStores({ nestedHomes }: Host): string[] {
	return nestedHomes.map((pattern) => `${pattern}/${STORE_NAME}`);
}

/** Below the home; whatever stands there. */
export function nestedHomesIn(disk: Disk, home: string, host: Host): string[] {
	return host.nestedHomes.flatMap((pattern) => expand(disk, home, pattern));
}

/** Without those of databases by right: beside any other file the logs are looked for, and looked at, by themselves. */
function withLogs(
	paths: readonly string[],
	isDatabase: (path: string) => boolean,
): string[] {
	const all = paths.flatMap((path) =>
		looksLikeDatabase(path) && !isDatabase(path) ? familyOf(path) : [path],
	);
	return [...new Set(all)];
}

/** The host's item that speaks of this path, in the home or a nested one. */
export function itemFor(host: Host, path: string): StateItem | undefined {
	const known = items.get(host) ?? new Map<string, StateItem | undefined>();
	items.set(host, known);
	if (!known.has(path)) {
		const names = namesFor(host, path);
		const isOf = (item: StateItem) =>
			names.some((name) => matches(name, item.path));
		known.set(path, host.critical.find(isOf));
	}
	return known.get(path);
}

/** Asked again and again of thousands of paths. */
const items = new WeakMap<Host, Map<string, StateItem | undefined>>();

/** A database itself, and not what somebody put below a directory in its place. */
export function isDatabaseByRight(host: Host, path: string): boolean {
	const patterns = databasesByRight.get(host) ?? databasesByDepth(host);
	databasesByRight.set(host, patterns);
	return namesFor(host, path).some((name) =>
		patterns.get(depthOf(name))?.some((pattern) => matches(name, pattern)),
	);
}

/** Asked of every file that is looked at: of each host, its patterns by how deep they lead. */
const databasesByRight = new WeakMap<Host, ReadonlyMap<number, string[]>>();

function databasesByDepth({ critical }: Host): Map<number, string[]> {
	const items = critical.filter(({ database }) => database === true);
	return Map.groupBy(
		items.map(({ path }) => path),
		depthOf,
	);
}

function depthOf(path: string): number {
	return ancestorsOf(path).length;
}

/** The path below the home, and below the home inside it that it lies in. */
export function namesFor({ nestedHomes }: Host, path: string): string[] {
	const inner = nestedHomes
		.filter((pattern) => matches(path, pattern))
		.map((pattern) =>
			path.split("/").slice(pattern.split("/").length).join("/"),
		);
	return [path, ...inner];
}

/** Of a database, what no copy has the rows of: see `StateItem.cleared`. */
export function clearedIn(host: Host, path: string): readonly string[] {
	return itemFor(host, path)?.cleared ?? [];
}

/** And what a snapshot has none of besides: see `StateItem.unsent`. */
export function unsentIn(host: Host, path: string): readonly string[] {
	return itemFor(host, path)?.unsent ?? [];
}

export function putBackOf(host: Host, path: string): PutBack {
	return itemFor(host, path)?.putBack ?? "always";
}

/**
 * The paths that a pattern stands for; a pattern without "*" stands for itself, there or not. Where nobody may look what
 * there is, it stands for that directory, which is missed then.
 */
export function expand(disk: Disk, home: string, pattern: string): string[] {
	const names = pattern.split("/");
	const star = names.findIndex((name) => name.includes("*"));
	if (star < 0) return [pattern];
	const directory = names.slice(0, star).join("/");
	const above = directory === "" ? home : `${home}/${directory}`;
	const listed =
		directory === "" ? disk.names(above) : namesUnlessClosed(disk, above);
	if (listed === undefined) return [directory];
	const wanted = names[star] ?? "";
	const found = listed.filter(
		(name) =>
			nameMatches(name, wanted) && name !== STORE_NAME && !name.startsWith("."),
	);
	return found
		.map((name) =>
			[...names.slice(0, star), name, ...names.slice(star + 1)].join("/"),
		)
		.flatMap((path) => expand(disk, home, path));
}

/** Undefined: it, or a directory above it, is closed to this user. */
function namesUnlessClosed(
	disk: Disk,
	directory: string,
): string[] | undefined {
	try {
		if (disk.stat(directory)?.kind !== "directory") return [];
		return disk.names(directory);
	} catch (error) {
		if (!["EACCES", "EPERM"].includes(errorCode(error) ?? "")) throw error;
		return undefined;
	}
}
