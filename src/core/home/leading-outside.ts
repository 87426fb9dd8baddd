import type { Disk, Sqlite, System } from "../../system/system.ts";
import { syncDirectory } from "../files/durable.ts";
import type { Agent } from "./agent.ts";
import type { KnownAgent } from "./known-agent.ts";
import { placesOf, realPath } from "./layout.ts";
import { nameInHome, type Outside } from "./outside.ts";
import { isWithin } from "./paths.ts";

/** A directory as it is called in the home, and where it really lies; absolute. */
interface Way {
	readonly from: string;
	readonly to: string;
}

/** The same agent, for whom those names lead there. */
export function led(
	agent: Agent,
	outside: Outside,
	isMeant: (directory: string) => boolean,
): Agent {
	const { store, host, system } = agent;
	const ways = (host.external ?? []).filter(isMeant).map(
		(directory): Way => ({
			from: `${store.home}/${nameInHome(directory)}`,
			to: `${outside.user}/${directory}`,
		}),
	);
	return { ...agent, outside, system: leading(system, ways, outside.user) };
}

/**
 * Where what comes from an archive may be put beside the home. Undefined: nowhere, because a person has named a home that is
 * not the one that the agent uses, or because a rename cannot reach there.
 */
export function outsideFor(
	agent: Agent,
	known: KnownAgent,
): Outside | undefined {
	return isUsualHome(agent.system, known) ? reachedOutside(agent) : undefined;
}

/** Undefined: nothing can be put beside the home, because there is nothing, or a rename cannot reach there. */
export function reachedOutside(agent: Agent): Outside | undefined {
	const { system, store, host } = agent;
	const found = outsideOf(agent);
	const home = system.disk.stat(store.home);
	const user = found && system.disk.stat(found.user);
	if (found === undefined || user?.device !== home?.device) return undefined;
	const isReached = (host.external ?? []).every((directory) => {
		const stat = system.disk.stat(`${found.user}/${directory}`);
		return stat === undefined || stat.device === home?.device;
	});
	const { disk } = system;
	const mayMake = disk.mayChangeIn(found.user) && !disk.isFixed(found.user);
	return isReached && mayMake ? found : undefined;
}

/** It is the home that the agent uses when nobody names one. */
export function isUsualHome(
	{ disk, programs }: System,
	{ host, places }: KnownAgent,
): boolean {
	const environment = programs.variables([host.home.variable]);
	const usual = placesOf(host, environment, programs.userHome);
	return realPath(disk, usual.home) === realPath(disk, places.home);
}

/** Undefined: the user has no home, or all of it lies in the agent's. */
export function outsideOf({ system, store }: Agent): Outside | undefined {
	const user = realPath(system.disk, system.programs.userHome);
	const isThere = system.disk.stat(user)?.kind === "directory";
	if (!isThere || isWithin(user, store.home)) return undefined;
	return { home: store.home, user };
}

function leading(system: System, ways: readonly Way[], user: string): System {
	const { processes, clock, programs, network } = system;
	const there = (path: string) => moved(path, ways, "from", "to");
	const back = (path: string) => moved(path, ways, "to", "from");
	const disk = leadingDisk(system.disk, { there, back, ways, user });
	return {
		disk,
		clock,
		programs,
		network,
		// Loaded when it is first asked.
		get sqlite() {
			return leadingSqlite(system.sqlite, there);
		},
		processes: {
			...processes,
			mountPoints: () => processes.mountPoints().map(back),
			holders(paths) {
				const found = processes.holders(paths.map(there));
				return (
					found &&
					new Map([...found].map(([path, holders]) => [back(path), holders]))
				);
			},
			openBelow: (directories) =>
				processes.openBelow(directories.map(there))?.map(back),
		},
	};
}

/** Of live databases. */
function leadingSqlite(
	sqlite: Sqlite,
	there: (path: string) => string,
): Sqlite {
	return {
		...sqlite,
		pin: (path, patience) => sqlite.pin(there(path), patience),
		tidy: (path) => sqlite.tidy(there(path)),
		isFree: (path) => sqlite.isFree(there(path)),
		reserve: (path) => sqlite.reserve(there(path)),
		beginReplace: (content, live, wait, patience) =>
			sqlite.beginReplace(content, there(live), wait, patience),
	};
}

function moved(
	path: string,
	ways: readonly Way[],
	before: keyof Way,
	after: keyof Way,
): string {
	const way = ways.find((one) => isWithin(path, one[before]));
	return way === undefined
		? path
		: `${way[after]}${path.slice(way[before].length)}`;
}

interface Leads {
	readonly there: (path: string) => string;
	readonly back: (path: string) => string;
	readonly ways: readonly Way[];
	readonly user: string;
}

function leadingDisk(disk: Disk, { there, back, ways, user }: Leads): Disk {
	const at =
		<Rest extends unknown[], Result>(
			call: (path: string, ...rest: Rest) => Result,
		) =>
		(path: string, ...rest: Rest) =>
			call(there(path), ...rest);
	// Who changes what lies in the home makes the home durable afterwards, and not the user's.
	const settle = (...paths: readonly string[]) => {
		if (ways.some(({ from }) => paths.includes(from)))
			syncDirectory(disk, user);
	};
	const changing =
		<Rest extends unknown[]>(call: (path: string, ...rest: Rest) => void) =>
		(path: string, ...rest: Rest) => {
			call(there(path), ...rest);
			settle(path);
		};
	const naming =
		(call: (from: string, to: string) => void) =>
		(from: string, to: string) => {
			call(there(from), there(to));
			settle(from, to);
		};
	return {
		...disk,
		stat: at(disk.stat),
		glance: at(disk.glance),
		isTooLong: at(disk.isTooLong),
		names: at(disk.names),
		directories: at(disk.directories),
		readLink: at(disk.readLink),
		realPath: (path) => back(disk.realPath(there(path))),
		open: at(disk.open),
		pathOf: (file) => {
			const path = disk.pathOf(file);
			return path && back(path);
		},
		overwrite: at(disk.overwrite),
		syncAll: at(disk.syncAll),
		clone: (file, to, mode) => disk.clone(file, there(to), mode),
		startWritingOut: at(disk.startWritingOut),
		makeDirectory: changing(disk.makeDirectory),
		rename: naming(disk.rename),
		unlink: changing(disk.unlink),
		removeDirectory: changing(disk.removeDirectory),
		removeTree: changing(disk.removeTree),
		link(target, path) {
			disk.link(target, there(path));
			settle(path);
		},
		hardLink: naming(disk.hardLink),
		setMode: at(disk.setMode),
		setTime: at(disk.setTime),
		setOwner: at(disk.setOwner),
		mayRead: at(disk.mayRead),
		mayWrite: at(disk.mayWrite),
		mayChangeIn: at(disk.mayChangeIn),
		isFixed: at(disk.isFixed),
		isKept: (path, full) => disk.isKept(there(path), full),
		freeBytes: at(disk.freeBytes),
	};
}
