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
	for (const [host, places] of placesIn(names, hosts)) {
		const found = homesIn(places, host);
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

/** What of an agent's critical files lies where: by the directory that may be its home. */
type Places = Map<string, Set<string>>;

/** One name that they share is a chance, unless the directory is called as the agent's home is. */
const ENOUGH = 2;

/**
 * The directories in which enough lies that is called as critical files are, and how much. What other software calls so too
 * is not enough, however much there is of it.
 */
function homesIn(
	places: Places,
	{ common, home: { place } }: Host,
): ReadonlyMap<string, number> {
	const isCalledSo = (prefix: string) =>
		place !== "" && (prefix === place || prefix.endsWith(`/${place}`));
	const isEnough = (paths: ReadonlySet<string>) =>
		paths.size >= ENOUGH && [...paths].some((path) => !common.includes(path));
	return new Map(
		[...places]
			.filter(([prefix, paths]) => isCalledSo(prefix) || isEnough(paths))
			.map(([prefix, paths]) => [prefix, paths.size]),
	);
}

/** Of all at once: an archive may have 65,535 names, and there are hundreds of paths that they could be. */
function placesIn(
	names: readonly string[],
	hosts: readonly Host[],
): ReadonlyMap<Host, Places> {
	const found = new Map(hosts.map((host): [Host, Places] => [host, new Map()]));
	const marks = marksOf(hosts);
	for (const name of names) {
		let start = 0;
		for (const part of name.split("/")) {
			for (const { host, path } of marks.get(part) ?? []) {
				if (path !== part && !isWithin(name.slice(start), path)) continue;
				const prefix = name.slice(0, Math.max(0, start - 1));
				const places = found.get(host);
				const known = places?.get(prefix) ?? new Set();
				places?.set(prefix, known.add(path));
			}
			start += part.length + 1;
		}
	}
	return found;
}

/** By the first name of their paths. */
function marksOf(hosts: readonly Host[]) {
	const marks = hosts.flatMap((host) =>
		host.critical
			.filter(({ root, path }) => root === undefined && !path.includes("*"))
			.map(({ path }) => ({ host, path })),
	);
	return Map.groupBy(marks, ({ path }) => path.split("/")[0] ?? path);
}

/** Undefined: it does not lie there. */
export function below(name: string, prefix: string): string | undefined {
	if (prefix === "") return name;
	return name.startsWith(`${prefix}/`)
		? name.slice(prefix.length + 1)
		: undefined;
}
