import type { Host } from "../core/home/host.ts";
import { ancestorsOf, isWithin } from "../core/home/paths.ts";

/** Whose state an archive holds, and where in it that begins. */
export interface Whose {
	readonly host: Host;
	/** "" or a directory of the archive: ".hermes". */
	readonly prefix: string;
}

/**
 * By what it holds: the agent and the directory of which the most of what is critical is there. Undefined: it is no agent's
 * that we know.
 */
export function whoseIs(
	names: readonly string[],
	hosts: readonly Host[],
): Whose | undefined {
	let best: (Whose & { readonly count: number }) | undefined;
	for (const host of hosts) {
		const found = homesIn(names, host);
		// What lies in another of its homes is a part or a copy of that, however much there is of it.
		const isInner = (prefix: string) =>
			prefix !== "" &&
			["", ...ancestorsOf(prefix)].some((above) => found.has(above));
		for (const [prefix, count] of found)
			if (!isInner(prefix) && (best === undefined || count > best.count))
				best = { host, prefix, count };
	}
	return best;
}

/** One name that they share is a chance, unless the directory is called as the agent's home is. */
const ENOUGH = 2;

/**
 * The directories in which enough lies that is called as critical files are, and how much. What other software calls so too
 * is not enough, however much there is of it.
 */
function homesIn(
	names: readonly string[],
	{ critical, common, home: { place } }: Host,
): ReadonlyMap<string, number> {
	const own = critical
		.filter(({ root, path }) => root === undefined && !path.includes("*"))
		.map(({ path }) => path);
	const found = new Map<string, Set<string>>();
	for (const name of names)
		for (const path of own) {
			const prefix = whereIn(name, path);
			if (prefix === undefined) continue;
			const known = found.get(prefix) ?? new Set();
			found.set(prefix, known.add(path));
		}
	const isCalledSo = (prefix: string) =>
		place !== "" && (prefix === place || prefix.endsWith(`/${place}`));
	const isEnough = (paths: ReadonlySet<string>) =>
		paths.size >= ENOUGH && [...paths].some((path) => !common.includes(path));
	return new Map(
		[...found]
			.filter(([prefix, paths]) => isCalledSo(prefix) || isEnough(paths))
			.map(([prefix, paths]) => [prefix, paths.size]),
	);
}

/** The directory of which this is that path, or something in it. */
function whereIn(name: string, path: string): string | undefined {
	if (isWithin(name, path)) return "";
	const at = name.indexOf(`/${path}`);
	const end = at + path.length + 1;
	const isWhole = end === name.length || name[end] === "/";
	return at > 0 && isWhole ? name.slice(0, at) : undefined;
}

/** Undefined: it does not lie there. */
export function below(name: string, prefix: string): string | undefined {
	if (prefix === "") return name;
	return name.startsWith(`${prefix}/`)
		? name.slice(prefix.length + 1)
		: undefined;
}
