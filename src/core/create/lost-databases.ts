import { errorCode } from "../../errors.ts";
import type { Captured } from "../capture/capture.ts";
import type { Entry } from "../capture/entry.ts";
import { type Agent, databaseExpectation } from "../home/agent.ts";
import { itemFor } from "../home/coverage.ts";
import { ancestorsOf, isWithin, matches } from "../home/paths.ts";
import type { Coverage, Manifest, Missed } from "../manifest/manifest.ts";
import { linkAbove } from "../restore/obstacles.ts";

export interface Sifted extends Captured {
	/** In the place of databases, or of directories above them, and left out: these lie where nothing is captured. */
	readonly behindLinks: readonly string[];
}

/**
 * What stands in the place of a database and is none must not push good copies of it out: the path counts as missed,
 * and what stands there is left out. A restore leaves alone what was missed, so a link or directory of a bad day never
 * takes the place of a database that is back.
 *
 * A rule for snapshots that people go back to. A restore saves the present exactly as it is.
 */
export function withoutLost(
	agent: Agent,
	captured: Captured,
	before: Manifest | undefined,
	into: string,
): Sifted {
	const solid = uppermost(lostInPlace(agent, captured.entries, before));
	const links = lostBehindLinks(
		agent,
		{ ...captured, entries: without(captured.entries, solid) },
		before,
	);
	const lost = uppermost([...solid, ...links]);
	for (const { path } of lost) agent.system.disk.removeTree(`${into}/${path}`);
	return {
		...captured,
		entries: without(captured.entries, lost),
		missed: [...without(captured.missed, lost), ...lost],
		behindLinks: links.map(({ path }) => path),
	};
}

/** An empty file where none was a database before is one that was never written to, and sound. */
function lostInPlace(
	{ host }: Agent,
	entries: readonly Entry[],
	before: Manifest | undefined,
): Missed[] {
	const belongs = databaseExpectation(host, before);
	const wasDatabase = databasesOf(before);
	return entries.flatMap((entry) => {
		const { path } = entry;
		const why =
			entry.kind === "directory" && belongs(path)
				? "it is a directory now, where a database belongs"
				: entry.kind === "file" &&
					entry.size === 0 &&
					wasDatabase.has(path) &&
					`it is an empty file now, and was a database before: has ${host.title} lost it?`;
		return why ? [{ path, why, lost: true }] : [];
	});
}

/** Links that lead from a database's path, or from a directory above it, to something that this capture does not hold. */
function lostBehindLinks(
	agent: Agent,
	{ entries, scan, missed }: Pick<Captured, "entries" | "scan" | "missed">,
	before: Manifest | undefined,
): Missed[] {
	const { disk } = agent.system;
	const wasDatabase = databasesOf(before);
	const isByRight = databaseExpectation(agent.host, before);
	const wanted = new Set([
		...scan.coverage.paths.filter(isByRight),
		...[...wasDatabase].filter((path) => isWanted(agent, path, scan.coverage)),
	]);
	const held = new Map(entries.map((entry) => [entry.path, entry]));
	// A directory that is closed is missed as it is.
	const closed = new Set(missed.map(({ path }) => path));
	const isOpen = (path: string) =>
		!ancestorsOf(path).some((above) => closed.has(above));

	const links = [...wanted].filter(isOpen).flatMap((path) => {
		const link = linkTo(agent, path);
		return link !== undefined && isLost(path, link) ? [link] : [];
	});
	return [...new Set(links)].map((link) => {
		const target = disk.readLink(`${agent.home}/${link}`);
		return {
			path: link,
			why: `it is a link, and what it leads to is not taken: ${target}`,
			lost: true,
		};
	});

	function isLost(path: string, link: string): boolean {
		const end = endOf(agent, path);
		// In a directory that is there it was deleted, or never was. What a link of its own leads to had a reason.
		if (end === undefined)
			return (
				path === link ||
				(wasDatabase.has(path) && endOf(agent, link) === undefined)
			);
		if (!isWithin(end, agent.home)) return true;
		const there = held.get(end.slice(agent.home.length + 1));
		if (there?.kind === "file" && there.size === 0)
			return wasDatabase.has(path);
		return there?.kind !== "database";
	}
}

/** A directory that is a link now is not looked into, so its databases are not among what was looked for. */
function isWanted(
	{ host }: Agent,
	path: string,
	{ paths, except }: Coverage,
): boolean {
	return (
		!except.some((pattern) => matches(path, pattern)) &&
		(itemFor(host, path) !== undefined ||
			paths.some((part) => isWithin(path, part)))
	);
}

/** At this path, or the uppermost above it. */
function linkTo(
	{ system: { disk }, home }: Agent,
	path: string,
): string | undefined {
	const above = linkAbove(disk, home, path);
	if (above !== undefined) return above;
	return disk.stat(`${home}/${path}`)?.kind === "link" ? path : undefined;
}

/** Absolute, links resolved; undefined: nothing is there. "" is a place where one cannot look. */
function endOf(
	{ system: { disk }, home }: Agent,
	path: string,
): string | undefined {
	try {
		return disk.realPath(`${home}/${path}`);
	} catch (error) {
		const code = errorCode(error);
		if (code === undefined) throw error; // not the disk: a bug
		return code === "ENOENT" || code === "ENOTDIR" ? undefined : "";
	}
}

function databasesOf(manifest: Manifest | undefined): ReadonlySet<string> {
	const databases = (manifest?.entries ?? []).filter(
		({ kind }) => kind === "database",
	);
	return new Set(databases.map(({ path }) => path));
}

/** What lies below another of them goes with that. */
function uppermost(lost: readonly Missed[]): Missed[] {
	return lost.filter(
		({ path }) =>
			!lost.some((one) => one.path !== path && isWithin(path, one.path)),
	);
}

function without<Named extends { readonly path: string }>(
	all: readonly Named[],
	lost: readonly Missed[],
): readonly Named[] {
	return lost.length === 0
		? all
		: all.filter((one) => !lost.some(({ path }) => isWithin(one.path, path)));
}
