import { join } from "node:path";
import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type {
	Conversations,
	Counted,
	HistoryItem,
	Host,
	OtherRoot,
	StateItem,
} from "./host.ts";
import { isWithin, matches, STORE_NAME } from "./paths.ts";

/** The directories of one agent, absolute, as they were named. */
export interface Places {
	readonly home: string;
	/** By the names of `Host.roots`. */
	readonly roots: Readonly<Record<string, string>>;
	/** Variables that are set and move some of its state to where nothing is looked for; see `Host.movedBy`. */
	readonly movedBy?: readonly string[];
}

/**
 * Where a host's state lies for this user.
 * @param named the home, if a person named it: as if the host's variable did
 */
export function placesOf(
	host: Host,
	environment: Readonly<Record<string, string | undefined>>,
	userHome: string,
	named?: string,
): Places {
	const usual = join(userHome, host.home.place, host.home.below ?? "");
	const said =
		named === usual ? undefined : (named ?? environment[host.home.variable]);
	const moved = { ...environment, [host.home.variable]: said };
	const placeOf = ({ variable, place, below = "" }: OtherRoot, home = "") =>
		join(
			moved[variable] || (place === undefined ? home : join(userHome, place)),
			below,
		);
	const home = named ?? placeOf(host.home);
	const roots = Object.fromEntries(
		Object.entries(host.roots ?? {}).map(([name, root]) => [
			name,
			placeOf(root, home),
		]),
	);
	const movedBy = Object.keys(host.movedBy ?? {}).filter((variable) => {
		const to = environment[variable];
		return to && !isTaken(host, { home, roots }, to);
	});
	return { home, ...(movedBy.length > 0 && { movedBy }), roots };
}

/** Whether a snapshot takes it where it was moved to; what is no whole path is one below the home. */
function isTaken(host: Host, { home, roots }: Places, to: string): boolean {
	const path = to.startsWith("/") ? join(to) : join(home, to);
	return host.critical.some(({ root, path: pattern }) => {
		const directory = root === undefined ? home : roots[root];
		if (directory === undefined || !isWithin(path, directory)) return false;
		return matches(path.slice(directory.length + 1), pattern);
	});
}

/** What the host's programs have to be told so that they use the home that a person named. */
export function environmentFor(
	{ home: { variable, below = "" } }: Host,
	named: string | undefined,
): Record<string, string> {
	if (named === undefined) return {};
	const moved = below === "" ? named : named.slice(0, -below.length - 1);
	return { [variable]: moved };
}

/** One tree to capture and to restore, however many directories the agent has. */
export interface Layout {
	/** All of them lie in it: the home itself where it is the only one. Links resolved. */
	readonly home: string;
	/** Where the snapshots are kept: in the agent's own home. */
	readonly storeIn: string;
	/** The host with its paths below `home`. */
	readonly host: Host;
}

type Rooted = Pick<StateItem, "root" | "path">;

/** Links are resolved, because nothing is ever captured or restored through one. */
export function layoutOf(disk: Disk, host: Host, places: Places): Layout {
	const own = realPath(disk, places.home);
	const roots = new Map(
		Object.entries(places.roots).map(([name, path]) => [
			name,
			realPath(disk, path),
		]),
	);
	if ([...roots.values()].every((path) => path === own))
		return { home: own, storeIn: own, host };
	const home = commonDirectory([own, ...roots.values()]);
	const below = (directory: string, path: string) =>
		`${directory}/${path}`.slice(home.length + 1);
	const nested = ["", ...host.nestedHomes.map((path) => `${path}/`)];
	const pathsOf = (root: string, path: string): string[] => {
		const directory = roots.get(root);
		return directory === undefined
			? nested.map((inner) => below(own, inner + path))
			: [below(directory, path)];
	};
	const moved = <T extends Rooted>({ root, ...item }: T) =>
		pathsOf(root ?? "", item.path).map((path) => ({ ...item, path }));
	const except = nested.flatMap((inner) =>
		host.except.map((path) => below(own, inner + path)),
	);
	return {
		home,
		storeIn: own,
		host: {
			...host,
			critical: host.critical.flatMap(moved<StateItem>),
			counted: (host.counted ?? []).flatMap(moved<Counted>),
			conversations: (host.conversations ?? []).flatMap(moved<Conversations>),
			history: host.history.flatMap(moved<HistoryItem>),
			nestedHomes: [],
			except: [...except, below(own, STORE_NAME)],
			passing: nested.flatMap((inner) =>
				(host.passing ?? []).map((path) => below(own, inner + path)),
			),
			imported: (host.imported ?? []).map(({ path, into, what }) => ({
				path: below(own, path),
				into: below(own, into),
				what,
			})),
		},
	};
}

/** Of what is not there as far as it is there. */
export function realPath(disk: Disk, path: string): string {
	try {
		return disk.realPath(path);
	} catch (error) {
		if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			throw error;
		const slash = path.lastIndexOf("/");
		return slash <= 0
			? path
			: `${realPath(disk, path.slice(0, slash))}/${path.slice(slash + 1)}`;
	}
}

function commonDirectory([first = "", ...others]: readonly string[]): string {
	const names = first.split("/");
	const isShared = (index: number) =>
		others.every((path) => path.split("/")[index] === names[index]);
	const end = names.findIndex((_, index) => !isShared(index));
	return names.slice(0, end < 0 ? names.length : end).join("/");
}
