import { resolve } from "node:path";
import { errorCode } from "../../errors.ts";
import type { FileKind } from "../../system/system.ts";
import type { JournalStep } from "../apply/journal.ts";
import { isNowDatabase } from "../apply/quarantine.ts";
import { databaseSignature } from "../capture/signatures.ts";
import { linkAbove } from "../restore/obstacles.ts";
import type { Agent } from "./agent.ts";
import { realPath } from "./layout.ts";
import {
	databaseOfSidecar,
	isWithin,
	looksLikeDatabase,
	nameMatches,
	nameOf,
	parentOf,
	SIDECARS,
} from "./paths.ts";

/**
 * What links at these paths, or above them, lead to, as far as it is a database: nothing is read or written there, but
 * whoever has it open through a link would go on with it when the link has given way. The processes are asked once for
 * all paths: with hundreds of links an agent waits for this.
 * @returns the files by path, logs included; of a directory those that somebody has open and that are the agent's
 */
export function databasesBehind(
	agent: Agent,
	paths: readonly string[],
): ReadonlyMap<string, readonly string[]> {
	const ends = new Map(paths.map((path) => [path, endOf(agent, path)]));
	const directories = [...ends.values()]
		.filter((end) => end?.kind === "directory")
		.map((end) => end?.path ?? "");
	const open =
		directories.length === 0
			? []
			: (agent.system.processes.openBelow([...new Set(directories)]) ?? []);
	const ours = open.filter((file) => isNamedLikeOurs(agent, file));
	return new Map(
		[...ends].map(([path, end]) => [
			path,
			end?.kind === "directory"
				? ours.filter((file) => file.startsWith(`${end.path}/`))
				: databaseFiles(databaseAt(agent, path, end)),
		]),
	);
}

/** A database with all that SQLite keeps beside it. */
export function databaseFiles(database: string | undefined): string[] {
	if (database === undefined) return [];
	return ["", ...SIDECARS].map((suffix) => `${database}${suffix}`);
}

/** The database that a link at this path, or above it, leads to; undefined: it leads to none, or to a directory. */
export function databaseBehind(agent: Agent, path: string): string | undefined {
	return databaseAt(agent, path, endOf(agent, path));
}

/** Signature of the database that a link at this path, or above it, leads to; undefined: it leads to none. */
export function signatureBehind(
	agent: Agent,
	path: string,
): string | undefined {
	const database = databaseBehind(agent, path);
	return database === undefined
		? undefined
		: databaseSignature(agent.system.disk, database);
}

/**
 * The database that a link leads to has not been written to since the step was staged, as far as there is one. Where the
 * way there goes over what another step of the same restore changes, that step looks at it, and the change is ours.
 */
export function isStillBehind(
	agent: Agent,
	steps: readonly JournalStep[],
	step: JournalStep,
): boolean {
	const behind = "behind" in step ? step.behind : undefined;
	return (
		behind === undefined ||
		signatureBehind(agent, step.path) === behind ||
		placesOnTheWay(agent, step.path).some((place) =>
			steps.some((other) => isChangedBy(other, place)),
		)
	);
}

/** Below a link that gives way lies, from then on, only what the restore has put there. */
function isChangedBy(step: JournalStep, place: string): boolean {
	if (step.do === "make-directory" || step.do === "set-mode") return false;
	if (step.path === place) return true;
	return (
		"was" in step && step.was?.kind === "link" && isWithin(place, step.path)
	);
}

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/** Where the links lead to, one after the other, as far as that is in the home. */
function placesOnTheWay(
	{ system: { disk }, home }: Agent,
	path: string,
): string[] {
	const places: string[] = [];
	let place = `${home}/${path}`;
	try {
		for (let links = 0; links < MOST_LINKS; links++) {
			const above = linkAbove(disk, "", place.slice(1));
			const link = above === undefined ? place : `/${above}`;
			if (disk.stat(link)?.kind !== "link") break;
			const target = resolve(parentOf(link) || "/", disk.readLink(link));
			place = target + place.slice(link.length);
			if (isWithin(place, home)) places.push(place.slice(home.length + 1));
		}
	} catch (error) {
		if (errorCode(error) !== "EACCES") throw error;
	}
	return places;
}

interface End {
	/** Absolute, links resolved. */
	readonly path: string;
	/** Undefined: nothing is there, and whoever had it open may have it still. */
	readonly kind: FileKind | undefined;
}

/**
 * Undefined: there is no link on the way, or it leads where one cannot look (no permission, a dead mount, a name that no
 * disk takes), so that no database is known there.
 */
function endOf(
	{ system: { disk }, home }: Agent,
	path: string,
): End | undefined {
	const live = `${home}/${path}`;
	try {
		const above = linkAbove(disk, home, path);
		if (above === undefined && disk.stat(live)?.kind !== "link")
			return undefined;
		let end = realPath(disk, live);
		if (disk.stat(end)?.kind === "link") {
			const target = disk.readLink(end);
			end = realPath(
				disk,
				target.startsWith("/") ? target : `${parentOf(end)}/${target}`,
			);
		}
		return { path: end, kind: disk.stat(end)?.kind };
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return undefined;
	}
}

function databaseAt(
	agent: Agent,
	path: string,
	end: End | undefined,
): string | undefined {
	// Links in a circle lead to one of themselves, which a step of ours may remove.
	if (end === undefined || (end.kind ?? "file") !== "file") return undefined;
	const isDatabase =
		looksLikeDatabase(end.path) || isNowDatabase(agent, path, end.path);
	return isDatabase ? end.path : undefined;
}

/**
 * A linked directory may be somebody's documents, with databases of other programs. One that a snapshot has below the
 * link is asked about by its own path.
 */
function isNamedLikeOurs({ host }: Agent, file: string): boolean {
	const name = nameOf(databaseOfSidecar(file) ?? file);
	return host.critical.some(
		(item) => item.database === true && nameMatches(name, nameOf(item.path)),
	);
}
