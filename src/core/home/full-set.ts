import { errorCode } from "../../errors.ts";
import type { Disk, FileStat } from "../../system/system.ts";
import type { Agent } from "./agent.ts";
import { expand } from "./coverage.ts";
import type { HistoryItem, Host } from "./host.ts";
import type { KnownAgent } from "./known-agent.ts";
import { realPath } from "./layout.ts";
import { scanOf } from "./overview.ts";
import { isWithin, matches, STORE_NAME } from "./paths.ts";

/** A directory that is the agent's alone. */
export interface OwnDirectory {
	/** As in `Host.roots`; undefined: the home. */
	readonly root: string | undefined;
	/** Absolute, links resolved. */
	readonly path: string;
	/** Patterns below it. */
	readonly rebuildable: readonly string[];
	readonly history: readonly HistoryItem[];
}

/** What lies in these and can not be had again is the full set. A user's whole home directory, in which one of its files lies, is none. */
export function directoriesOf(
	{ system, store }: Agent,
	{ host, places }: KnownAgent,
): OwnDirectory[] {
	const others = Object.entries(host.roots ?? {})
		.filter(([, { place }]) => place !== "")
		.map(([root]) => ({
			...ownOf(host, root),
			path: realPath(system.disk, places.roots[root] ?? store.home),
		}))
		.filter(({ path }) => !isWithin(path, store.home));
	return [{ ...ownOf(host, undefined), path: store.home }, ...others];
}

/** Below the home, and below the homes within it. */
export function rebuildableIn(host: Host): string[] {
	return inNested(host, host.rebuildable);
}

/** Paths or patterns below a home, in it and in the homes within it. */
export function inNested(
	{ nestedHomes }: Host,
	paths: readonly string[],
): string[] {
	return ["", ...nestedHomes.map((path) => `${path}/`)].flatMap((inner) =>
		paths.map((path) => inner + path),
	);
}

/** In the home also below the homes within it. */
function ownOf(
	host: Host,
	root: string | undefined,
): Omit<OwnDirectory, "path"> {
	const nested = root === undefined ? host.nestedHomes : [];
	const homes = ["", ...nested.map((path) => `${path}/`)];
	const isHere = (item: { root?: string }) => item.root === root;
	return {
		root,
		rebuildable: root === undefined ? rebuildableIn(host) : host.rebuildable,
		history: homes.flatMap((inner) =>
			host.history
				.filter(isHere)
				.map((item) => ({ ...item, path: inner + item.path })),
		),
	};
}

/** Of the full set what is in no snapshot, and meant not to be. */
export interface History {
	/** Below `Agent.home`, with "*". */
	readonly path: string;
	readonly what: string;
	readonly bytes: number;
	/** There was too much to count all of it. */
	readonly isPartial: boolean;
}

/** Of files counted: enough for years of chats. */
const MOST = 50_000;

export function historyOf(agent: Agent, known: KnownAgent): History[] {
	const { system, home } = agent;
	const covered = new Set(scanOf(agent).members.map(({ path }) => path));
	return directoriesOf(agent, known).flatMap((directory) => {
		const below = (path: string) =>
			`${directory.path}/${path}`.slice(home.length + 1);
		return directory.history.map(({ path: pattern, what }) => {
			let left = MOST;
			let bytes = 0;
			const limits = {
				without: directory.rebuildable,
				mayGoOn: () => left-- > 0,
			};
			for (const { path, stat } of filesOf(
				system.disk,
				directory.path,
				pattern,
				limits,
			))
				if (!covered.has(below(path))) bytes += stat.size;
			return { path: below(pattern), what, bytes, isPartial: left < 0 };
		});
	});
}

export interface Found {
	/** Below the directory. */
	readonly path: string;
	readonly stat: FileStat;
}

interface Limits {
	/** Patterns below the directory. */
	readonly without: readonly string[];
	/** Names, wherever they stand. */
	readonly foreign?: readonly string[];
	readonly mayGoOn: () => boolean;
}

/** Those that a pattern names, or that lie in what it names. */
export function* filesOf(
	disk: Disk,
	directory: string,
	pattern: string,
	limits: Limits,
): Generator<Found> {
	for (const start of expand(disk, directory, pattern))
		yield* filesAt(disk, directory, start, limits);
}

/** The files of a directory, without what lies in the store; follows no link. */
export function* filesBelow(
	disk: Disk,
	directory: string,
	limits: Limits,
	below = "",
): Generator<Found> {
	for (const name of namesIn(disk, `${directory}/${below}`)) {
		if (name === STORE_NAME || limits.foreign?.includes(name)) continue;
		yield* filesAt(disk, directory, `${below}${name}`, limits);
	}
}

function* filesAt(
	disk: Disk,
	directory: string,
	path: string,
	limits: Limits,
): Generator<Found> {
	if (limits.without.some((pattern) => matches(path, pattern))) return;
	if (!limits.mayGoOn()) return;
	const stat = disk.stat(`${directory}/${path}`);
	if (stat?.kind === "file") yield { path, stat };
	if (stat?.kind === "directory")
		yield* filesBelow(disk, directory, limits, `${path}/`);
}

function namesIn(disk: Disk, directory: string): string[] {
	try {
		return disk.names(directory);
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return []; // somebody else's
	}
}
