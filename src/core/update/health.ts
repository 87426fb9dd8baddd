import { type Entry, isFile } from "../capture/entry.ts";
import { saysAnything, scalarAt } from "../home/configuration.ts";
import { totalCounts } from "../home/counted.ts";
import { itemFor, namesFor, putBackOf } from "../home/coverage.ts";
import type { Chosen, Host } from "../home/host.ts";
import { ancestorsOf, isWithin, matches } from "../home/paths.ts";
import type { Manifest, Missed } from "../manifest/manifest.ts";
import { isSecretFile, maskText } from "../secrets/secrets.ts";
import type { Changed, Content } from "./health-look.ts";

/** Something that a command has broken. */
export interface Problem {
	/** Undefined: it is not one file's. */
	readonly path: string | undefined;
	/** What follows the path, or stands alone; no secret is in it. */
	readonly what: string;
}

/** A state as a snapshot has it. */
export interface State extends Pick<Manifest, "entries"> {
	readonly missed: readonly Missed[];
}

/**
 * What is worse in the state after a command than in the one before it: gone, empty, damaged, not to be parsed, fewer of
 * what people would miss, or chosen by nobody. Of each file only the first of these. Pure.
 */
export function problemsOf(
	host: Host,
	before: State,
	after: State,
	changed: readonly Changed[],
): Problem[] {
	const problems = [
		...lostIn(before, after),
		...goneFrom(host, before, after),
		...emptied(host, before, after),
		...changed.flatMap((one) => worseIn(host, one)),
	];
	const bad = [...Map.groupBy(problems, ({ path }) => path).values()].flatMap(
		([first]) => (first === undefined ? [] : [first]),
	);
	return [...bad, ...fallen(host, before, after, bad)];
}

/** What stood there before, and cannot be saved any more. */
function lostIn(before: State, after: State): Problem[] {
	const wasLost = new Set(before.missed.map(({ path }) => path));
	return after.missed
		.filter(({ path, lost }) => lost && !wasLost.has(path))
		.map(({ path, why }) => ({ path, what: maskText(why) }));
}

function goneFrom(host: Host, before: State, after: State): Problem[] {
	const there = new Map(after.entries.map((entry) => [entry.path, entry]));
	const were = new Set(before.entries.map(({ path }) => path));
	const isMissed = (path: string) =>
		after.missed.some((one) => isWithin(path, one.path));
	return before.entries.filter(isFile).flatMap(({ path, kind }) => {
		if (isMissed(path) || isPassing(host, path)) return [];
		const now = there.get(path)?.kind;
		// Of a directory that is gone not each file need be named.
		const above = ancestorsOf(path).find(
			(one) => were.has(one) && !there.has(one),
		);
		if (now === undefined) return [{ path: above ?? path, what: "is gone" }];
		if (now === "directory") return [{ path, what: "is a directory now" }];
		const isOther = kind === "database" && now === "file";
		return isOther ? [{ path, what: "is no database any more" }] : [];
	});
}

function emptied(host: Host, before: State, after: State): Problem[] {
	const sizes = new Map(
		before.entries.filter(isFile).map(({ path, size }) => [path, size]),
	);
	return after.entries.flatMap((entry) => {
		const isEmpty =
			isFile(entry) && entry.size === 0 && (sizes.get(entry.path) ?? 0) > 0;
		return isEmpty && !isPassing(host, entry.path)
			? [{ path: entry.path, what: "is empty now" }]
			: [];
	});
}

/** State of running processes is stale the moment it is saved, and nobody misses it. */
function isPassing(host: Host, path: string): boolean {
	const names = namesFor(host, path);
	return (
		putBackOf(host, path) === "never" ||
		(host.passing ?? []).some((pattern) =>
			names.some((name) => matches(name, pattern)),
		)
	);
}

function worseIn(host: Host, { path, before, after }: Changed): Problem[] {
	const all = isPassing(host, path) ? undefined : whyWorse(before, after);
	if (all !== undefined) return [{ path, what: all }];
	if (before.parsed && after.parsed === null)
		return [{ path, what: "cannot be parsed any more" }];
	const chosen = itemFor(host, path)?.chosen ?? [];
	const then = before.parsed?.value;
	const now = after.parsed?.value;
	if (chosen.length > 0 && saysAnything(then) && !saysAnything(now))
		return [{ path, what: "has lost all its settings" }];
	const whys = chosen.flatMap((one) =>
		whyRechosen(one, then, now, isSecretFile(host, path)),
	);
	return whys.length > 0 ? [{ path, what: whys.join("; ") }] : [];
}

function whyWorse(before: Content, after: Content): string | undefined {
	if (after.isBlank && before.isBlank === false)
		return "holds nothing but NULs or blanks now";
	if (after.rows && isEmptied(before.rows, after.rows))
		return "has lost all its rows";
	return undefined;
}

/** Rows of these tell of the database itself, and are there in one that was just made, too. */
const BOOKKEEPING = /migration|version|meta/i;

/** Made anew, or cleared: what a migration has only moved stands in other tables. */
function isEmptied(
	before: Content["rows"],
	after: ReadonlyMap<string, number>,
): boolean {
	const filled = (rows: ReadonlyMap<string, number>) =>
		[...rows].filter(([name, count]) => count > 0 && !BOOKKEEPING.test(name));
	// Too large to be looked into: then it had rows.
	if (before === undefined) return filled(after).length === 0;
	const then = filled(before).map(([name]) => name);
	const now = filled(after);
	return (
		then.length > 0 &&
		!now.some(([name, count]) => then.includes(name) || count > 1)
	);
}

function whyRechosen(
	{ what, at }: Chosen,
	before: unknown,
	after: unknown,
	isHidden: boolean,
): string[] {
	const chosenIn = (value: unknown) =>
		at.map((keys) => scalarAt(value, keys)).find((one) => one !== undefined);
	const [then, now] = [chosenIn(before), chosenIn(after)];
	if (then === undefined || then === "" || then === now) return [];
	const [was, is] = [then, now].map((one = "nothing") =>
		maskText(one).slice(0, 80),
	);
	return isHidden
		? [`its ${what} is another (values are not shown)`]
		: [`its ${what} was ${was} and is ${is} now`];
}

/** In all files of a home together: an update may move them from one to another. What came in another home is no substitute. */
function fallen(
	host: Host,
	before: State,
	after: State,
	bad: readonly Problem[],
): Problem[] {
	// That those of a database that is gone have gone with it need not be said.
	const isBad = ({ path }: Entry) =>
		bad.some((one) => one.path !== undefined && isWithin(path, one.path));
	const byHome = ({ entries }: State) =>
		Map.groupBy(
			entries.filter((entry) => !isBad(entry)),
			({ path }) => homeOf(host, path),
		);
	const now = byHome(after);
	return [...byHome(before)].flatMap(([home, then]) =>
		fallenIn(host, home, then, now.get(home) ?? []),
	);
}

/** The nested home that it lies in, or "". */
function homeOf(host: Host, path: string): string {
	const [, inner] = namesFor(host, path);
	return inner === undefined ? "" : path.slice(0, -inner.length - 1);
}

function fallenIn(
	host: Host,
	home: string,
	before: readonly Entry[],
	after: readonly Entry[],
): Problem[] {
	const stay = new Set(
		(host.counted ?? []).filter(({ stays }) => stays).map(({ what }) => what),
	);
	const now = new Map(totalCounts(after).map((one) => [one.what, one.count]));
	return totalCounts(before).flatMap(({ what, count }) => {
		const left = now.get(what) ?? 0;
		if (!stay.has(what) || left >= count) return [];
		const few = left === 0 ? "none" : `only ${left}`;
		const whats = count === 1 ? what : `${what}s`;
		const said = `${count} ${whats} before, ${few} now`;
		const [path, ...others] = before
			.filter((entry) => totalCounts([entry]).some((one) => one.what === what))
			.map((entry) => entry.path);
		if (others.length === 0) return [{ path, what: said }];
		const where = home === "" ? "" : ` (in ${home})`;
		return [{ path: undefined, what: `${said}${where}` }];
	});
}
