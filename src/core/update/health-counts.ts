import type { Count, Entry } from "../capture/entry.ts";
import { countedIn, starOf, totalCounts } from "../home/counted.ts";
import { namesFor } from "../home/coverage.ts";
import type { Counted, Host } from "../home/host.ts";
import type { Problem } from "./health.ts";
import { FEW, MOST } from "./health-database-links.ts";
import type { Changed } from "./health-look.ts";

/**
 * In all files together that are of one home, and of one platform where that is told by the path: an update may move them from one
 * to another. What came in another home or of another platform is no substitute, nor is what stands where nobody counts it.
 */
export function fallen(
	host: Host,
	before: readonly Entry[],
	after: readonly Entry[],
): Problem[] {
	const bySphere = (entries: readonly Entry[]) =>
		Map.groupBy(entries, ({ path }) => sphereOf(host, path));
	const now = bySphere(after);
	return [...bySphere(before)].flatMap(([sphere, then]) =>
		fallenIn(host, then, now.get(sphere) ?? []),
	);
}

/** People are counted in it, of the platform that its name tells. */
export function isOfPlatform(host: Host, path: string): boolean {
	return countedIn(host, path).some(({ from }) => from === "path");
}

/**
 * With counts without those who stand in another of these files before it, of the same platform: all are read, and nobody is two
 * people.
 */
export function eachOnce(
	host: Host,
	entries: readonly Entry[],
	changed: readonly Changed[],
	side: "before" | "after",
): Entry[] {
	const met = new Set<string>();
	return entries.map((entry) => {
		if (!isOfPlatform(host, entry.path)) return entry;
		const look = changed.find(({ path }) => path === entry.path);
		const value = look?.[side].parsed?.value;
		const keys = Array.isArray(value) ? [] : Object.keys(Object(value));
		const sphere = sphereOf(host, entry.path);
		const people = keys.map((key) => `${sphere}\0${key}`);
		const again = people.filter((one) => met.has(one)).length;
		for (const one of people) met.add(one);
		return without(entry, again);
	});
}

/** As many as there would be without so many. */
export function without(entry: Entry, less = 0): Entry {
	if (less === 0 || entry.kind !== "file") return entry;
	const counts = entry.counts?.map((one) => ({
		...one,
		count: Math.max(0, one.count - less),
	}));
	return { ...entry, ...(counts && { counts }) };
}

/** Equal for what makes up for each other: see `fallen`. */
export function sphereOf(host: Host, path: string): string {
	const of = countedIn(host, path).find(({ from }) => from === "path");
	return `${homeOf(host, path)}\0${of ? starOf(of.path, path) : ""}`;
}

/** "3 cron jobs before, only 2 now" */
export function fewerText(what: string, before: number, left: number): string {
	const few = left === 0 ? "none" : `only ${left}`;
	return `${before} ${what}${before === 1 ? "" : "s"} before, ${few} now`;
}

/** The nested home that it lies in, or "". */
export function homeOf(host: Host, path: string): string {
	const [, inner] = namesFor(host, path);
	return inner === undefined ? "" : path.slice(0, -inner.length - 1);
}

function fallenIn(
	host: Host,
	before: readonly Entry[],
	after: readonly Entry[],
): Problem[] {
	const stay = new Map(
		(host.counted ?? [])
			.filter(({ stays }) => stays)
			.map((one) => [one.what, one]),
	);
	const then = countsOf(before);
	const now = countsOf(after);
	return [...then.values()].flatMap(({ what, count }) => {
		const left = now.get(what)?.count ?? 0;
		const counted = stay.get(what);
		if (counted === undefined || left >= count) return [];
		if (areExpired(counted, then, now)) return [];
		const said = fewerText(what, count, left);
		const [path, ...others] = before
			.filter((entry) => totalCounts([entry]).some((one) => one.what === what))
			.map((entry) => entry.path);
		if (others.length === 0) return [{ path, what: said }];
		const home = homeOf(host, path ?? "");
		const where = home === "" ? "" : ` (in ${home})`;
		return [{ path: undefined, what: `${said}${where}` }];
	});
}

type Counts = ReadonlyMap<string, Count>;

function countsOf(entries: readonly Entry[]): Counts {
	return new Map(totalCounts(entries).map((one) => [one.what, one]));
}

/** Of conversations a few old ones go in their time, and what was said in them: never the newest, nor most. */
function areExpired({ what, table }: Counted, then: Counts, now: Counts) {
	if (table?.time === undefined) return false;
	const within = table.within?.what;
	const [was, is] = [then.get(what), now.get(what)];
	if (was === undefined || is === undefined) return false;
	const isNewestThere = (is.newest ?? "") >= (was.newest ?? "");
	if (!isNewestThere) return false;
	if (within === undefined)
		return is.count > 0 && was.count - is.count <= Math.ceil(was.count * FEW);
	const [wholes, left] = [then.get(within)?.count, now.get(within)?.count];
	if (wholes === undefined || left === undefined) return false;
	const areGone = left < wholes && wholes - left <= Math.ceil(wholes * FEW);
	return areGone && is.count >= was.count * MOST;
}
