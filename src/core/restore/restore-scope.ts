import { SnapshotError } from "../../errors.ts";
import type { Captured } from "../capture/capture.ts";
import { sameContent } from "../capture/compare.ts";
import { isFile } from "../capture/entry.ts";
import { type Agent, databaseExpectation } from "../home/agent.ts";
import { coveredNow, otherStores } from "../home/coverage.ts";
import {
	ancestorsOf,
	databaseOfSidecar,
	familyOf,
	isWithin,
	matches,
} from "../home/paths.ts";
import type { Coverage, Manifest } from "../manifest/manifest.ts";
import { readManifest } from "../store/store.ts";
import type { RestoreRequest } from "./restore.ts";
import type { PlanRequest } from "./restore-plan.ts";

type Scope = Pick<PlanRequest, "include" | "inScope" | "knownAbsent">;

/** What a restore may touch: all, what a person selected, or for an undo what the restore touched; and nobody else's store. */
export function scopeOf(
	agent: Agent,
	manifest: Manifest,
	present: Captured,
	request: RestoreRequest,
): Scope {
	const scope = wholeScopeOf(agent, manifest, present, request);
	const stores = otherStores(agent.host);
	const isOurs = (path: string) => !stores.some((one) => matches(path, one));
	return { ...scope, inScope: (path) => isOurs(path) && scope.inScope(path) };
}

function wholeScopeOf(
	agent: Agent,
	manifest: Manifest,
	present: Captured,
	request: RestoreRequest,
): Scope {
	const { include, only } = request;
	const selected = selectedBy(request);
	if (selected !== undefined) return selectedScope(selected, present);
	const { undoes, entries, missed } = manifest;
	const paths = only?.paths ?? (isUndo(request) ? undoes?.paths : undefined);
	if (paths === undefined)
		return { include, inScope: () => true, knownAbsent: new Set() };
	// A log that the agent has made since goes with its file.
	const touched = new Set(paths.flatMap(familyOf));
	const there = new Set([...entries, ...missed].map(({ path }) => path));
	const isLostAbove = lostAbove([...touched], present);
	return {
		include:
			only?.paths ?? asRestored(agent, undoes?.snapshot ?? "", paths, present),
		inScope: (path) => touched.has(path) || isLostAbove(path),
		knownAbsent: new Set(only?.absent ?? touched.difference(there)),
	};
}

/** What to do about a database that has to be closed first. */
export function stopFirst(
	{ host }: Agent,
	{ id }: Manifest,
	request: RestoreRequest,
): string {
	if (request.typed !== undefined)
		return `Stop ${host.title} and repeat \`${request.typed}\`.`;
	const words = isUndo(request)
		? ["undo"]
		: ["restore", id, ...request.select, ...includesOf(request)];
	const again = words
		.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word))
		.join(" ");
	return `Stop ${host.title} and do it again, or have it done before its next start: \`${again} --at-next-start\`.`;
}

function includesOf({ include }: RestoreRequest): string[] {
	return include.flatMap((path) => ["--include", path]);
}

export function isUndo({ target }: RestoreRequest): boolean {
	return target === "undo" || "undo" in target;
}

/** The parts of the snapshot that were asked for, a file always with its logs; undefined = all of it. */
function selectedBy({
	select,
	include,
}: RestoreRequest): readonly string[] | undefined {
	return select.length === 0
		? undefined
		: [...new Set([...select, ...include].flatMap(familyOf))];
}

/** What is named goes back whatever it is. The directories on the way are made if they are gone, and else left alone. */
function selectedScope(selected: readonly string[], present: Captured): Scope {
	const isLostAbove = lostAbove(selected, present);
	return {
		include: selected,
		inScope: (path) => isWithinAny(path, selected) || isLostAbove(path),
		knownAbsent: new Set(),
	};
}

/** Whether something is a directory on the way to these that is gone. */
function lostAbove(
	paths: readonly string[],
	{ entries }: Captured,
): (path: string) => boolean {
	const above = new Set(paths.flatMap(ancestorsOf));
	const inTheWay = new Map(entries.map(({ path, kind }) => [path, kind]));
	// A link there is no directory that gave way: `refuseLinksAbove` has the sentence for it.
	return (path) =>
		above.has(path) &&
		!["directory", "link"].includes(inTheWay.get(path) ?? "");
}

/** Whether a file of the snapshot may be needed, and so has to be whole. */
export function isWanted(request: RestoreRequest): (path: string) => boolean {
	const selected = selectedBy(request);
	return (path) => selected === undefined || isWithinAny(path, selected);
}

/** What has to be looked at, and kept for an undo: of a snapshot that does not say, what it holds. */
export function coverageFor(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
): Coverage {
	const { entries } = manifest;
	const covered = capturedBy(agent, manifest) ?? {
		paths: entries.filter(isFile).map(({ path }) => path),
		except: [],
	};
	const selected = selectedBy(request);
	if (selected === undefined) return covered;
	const paths = [
		...selected.filter((part) => isWithinAny(part, covered.paths)),
		...covered.paths.filter((path) => isWithinAny(path, selected)),
	];
	return { ...covered, paths: [...new Set(paths)].sort() };
}

/**
 * What was looked for, as names of now: a pattern speaks of what came since, too. And before files had logs of their own,
 * a manifest spoke for them without naming them.
 */
export function capturedBy(
	{ system: { disk }, home, host }: Agent,
	manifest: Manifest,
): Coverage | undefined {
	const { captured } = manifest;
	const isDatabase = databaseExpectation(host, manifest);
	return captured && coveredNow(disk, home, captured, host, isDatabase);
}

/** @throws SnapshotError `usage` for a path that is not in the snapshot */
export function refuseUnknown(
	{ id, entries, missed }: Manifest,
	{ include, select }: RestoreRequest,
): void {
	const unknown = [...include, ...select].find(
		(part) => !entries.some(({ path }) => isWithin(path, part)),
	);
	if (unknown === undefined) return;
	const lost = missed.find(({ path }) => isWithin(path, unknown));
	const why = lost === undefined ? "" : ` It was not saved then: ${lost.why}.`;
	throw new SnapshotError(
		"usage",
		`There is no ${JSON.stringify(unknown)} in snapshot ${id}.${why} Nothing was changed.`,
		{
			hint: meant(
				unknown,
				entries.map(({ path }) => path),
			),
		},
	);
}

/** What to do about a path that a snapshot does not have. */
export function meant(unknown: string, paths: readonly string[]): string {
	const database = databaseOfSidecar(unknown);
	if (database !== undefined && paths.includes(database))
		return `It belongs to ${database}, and goes with it.`;
	const name = (path: string) => path.split("/").at(-1)?.toLowerCase();
	const alike = paths.filter((path) => name(path) === name(unknown));
	return alike.length > 0
		? `Did you mean ${alike.slice(0, 3).join(" or ")}?`
		: "Paths are as below the agent's home.";
}

function isWithinAny(path: string, parts: readonly string[]): boolean {
	return parts.some((part) => isWithin(path, part));
}

/**
 * Those that are still as the restore left them. A login token that the agent has renewed since is not among them:
 * an undo must not end that login.
 */
function asRestored(
	{ system, store }: Agent,
	restored: string,
	paths: readonly string[],
	{ entries }: Captured,
): string[] {
	if (system.disk.stat(`${store.directory}/${restored}`) === undefined)
		return [];
	const source = readManifest(system.disk, store, restored);
	const put = new Map(source.entries.map((entry) => [entry.path, entry]));
	const now = new Map(entries.map((entry) => [entry.path, entry]));
	return paths.filter((path) => {
		const [was, is] = [put.get(path), now.get(path)];
		return was === undefined ? is === undefined : is && sameContent(was, is);
	});
}
