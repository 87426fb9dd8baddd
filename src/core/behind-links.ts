import { resolve } from "node:path";
import { errorCode } from "../errors.ts";
import type { Agent } from "./agent.ts";
import type { JournalStep } from "./journal.ts";
import { realPath } from "./layout.ts";
import { linkAbove } from "./obstacles.ts";
import {
	databaseOfSidecar,
	isWithin,
	looksLikeDatabase,
	parentOf,
	SIDECARS,
} from "./paths.ts";
import { isNowDatabase } from "./quarantine.ts";
import { databaseSignature } from "./signatures.ts";

/**
 * What a link at this path, or above it, leads to, as far as it is a database: nothing is read or written there, but
 * whoever has it open through the link would go on with it when the link has given way.
 * @returns the files, logs included; of a directory those that somebody has open
 */
export function databasesBehind(agent: Agent, path: string): string[] {
	const { disk, processes } = agent.system;
	const end = endOf(agent, path);
	if (end === undefined) return [];
	const kind = disk.stat(end)?.kind;
	if (kind === "directory")
		return (processes.openBelow(end) ?? []).filter((file) => {
			const database = databaseOfSidecar(file) ?? file;
			return (
				looksLikeDatabase(database) || isNowDatabase(agent, path, database)
			);
		});
	return isDatabase(agent, path, end) ? databaseFiles(end) : [];
}

/** A database with all that SQLite keeps beside it. */
export function databaseFiles(database: string): string[] {
	return ["", ...SIDECARS].map((suffix) => `${database}${suffix}`);
}

/** Signature of the database that a link at this path, or above it, leads to; undefined: it leads to none. */
export function signatureBehind(
	agent: Agent,
	path: string,
): string | undefined {
	const { disk } = agent.system;
	const end = endOf(agent, path);
	if (end === undefined || disk.stat(end)?.kind === "directory")
		return undefined;
	return isDatabase(agent, path, end)
		? databaseSignature(disk, end)
		: undefined;
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

/** Links resolved. Undefined: there is none on the way, or it leads where this user may not look. */
function endOf(
	{ system: { disk }, home }: Agent,
	path: string,
): string | undefined {
	const live = `${home}/${path}`;
	try {
		const isLink = disk.stat(live)?.kind === "link";
		if (!isLink && linkAbove(disk, home, path) === undefined) return undefined;
		const end = realPath(disk, live);
		if (disk.stat(end)?.kind !== "link") return end;
		// Nothing is there, and whoever had it open may have it still.
		const target = disk.readLink(end);
		return realPath(
			disk,
			target.startsWith("/") ? target : `${parentOf(end)}/${target}`,
		);
	} catch (error) {
		if (errorCode(error) === "EACCES") return undefined;
		throw error;
	}
}

function isDatabase(agent: Agent, path: string, end: string): boolean {
	return looksLikeDatabase(end) || isNowDatabase(agent, path, end);
}
