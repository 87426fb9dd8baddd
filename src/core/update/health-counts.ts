import type { Count, Entry } from "../capture/entry.ts";
import { totalCounts } from "../home/counted.ts";
import { namesFor } from "../home/coverage.ts";
import type { Counted, Host } from "../home/host.ts";
import type { Problem } from "./health.ts";
import { FEW, MOST } from "./health-database-links.ts";
import { fewerText } from "./health-entries.ts";

/** In all files of a home together: an update may move them from one to another. What came in another home is no substitute. */
export function fallen(
	host: Host,
	before: readonly Entry[],
	after: readonly Entry[],
): Problem[] {
	const byHome = (entries: readonly Entry[]) =>
		Map.groupBy(entries, ({ path }) => homeOf(host, path));
	const now = byHome(after);
	return [...byHome(before)].flatMap(([home, then]) =>
		fallenIn(host, home, then, now.get(home) ?? []),
	);
}

/** The nested home that it lies in, or "". */
export function homeOf(host: Host, path: string): string {
	const [, inner] = namesFor(host, path);
	return inner === undefined ? "" : path.slice(0, -inner.length - 1);
}

function fallenIn(
	host: Host,
	home: string,
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
