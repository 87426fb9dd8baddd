import type { DatabaseFill } from "../../system/system.ts";
import { sameContent } from "../capture/compare.ts";
import { type FileEntry, isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { formOf } from "../home/configuration.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { isOfPlatform, sphereOf } from "./health-counts.ts";
import { lookInto, newFaults } from "./health-look-database.ts";
import {
	type FileContent,
	fileContent,
	isVariables,
	isWritten,
} from "./health-look-file.ts";

/** What a look at the content of a file or database in a snapshot has shown. What is not there is not known. */
export interface Content extends FileContent {
	readonly fill?: DatabaseFill;
}

/** A file or database that is another one in the second of two snapshots, or a text or configuration that came or went. */
export interface Changed {
	readonly path: string;
	readonly before: Content;
	readonly after: Content;
	/** What SQLite finds wrong with the second one, and not with the first. */
	readonly faults?: readonly string[];
}

type Looked = Pick<Manifest, "id" | "entries">;

/** Looks into the two snapshots, and not into the home: that may move on. */
export async function lookAtChanged(
	agent: Agent,
	before: Looked,
	after: Looked,
): Promise<Changed[]> {
	const were = new Map(
		before.entries.filter(isFile).map((entry) => [entry.path, entry]),
	);
	const changed: Changed[] = [];
	for (const entry of after.entries.filter(isFile)) {
		const was = were.get(entry.path);
		const { path } = entry;
		if (was === undefined) {
			if (mayTakeOver(entry))
				changed.push({
					path,
					before: {},
					after: await contentOf(agent, after.id, entry),
				});
			continue;
		}
		if (sameContent(was, entry)) continue;
		const [old, now] = [
			{ id: before.id, entry: was },
			{ id: after.id, entry },
		];
		const [then, since] = [
			await contentOf(agent, old.id, was),
			await contentOf(agent, now.id, entry),
		];
		const isAnew = hasOtherSearches(then.fill, since.fill);
		const faults = await newFaults(agent, old, now, isAnew);
		changed.push({ path, before: then, after: since, faults });
	}
	const seen = [...changed, ...(await lookAtGone(agent, before, after))];
	return [...seen, ...(await lookBeside(agent, before, after, seen))];
}

/** Who is counted in a file that is gone or another one may stand in one of the same kind, now as before. */
async function lookBeside(
	agent: Agent,
	before: Looked,
	after: Looked,
	seen: readonly Changed[],
): Promise<Changed[]> {
	const { host } = agent;
	const touched = new Set(
		seen
			.filter(({ path }) => isOfPlatform(host, path))
			.map(({ path }) => sphereOf(host, path)),
	);
	const were = new Set(before.entries.map(({ path }) => path));
	const looks: Changed[] = [];
	for (const entry of after.entries.filter(isFile)) {
		const { path } = entry;
		const isBeside =
			were.has(path) &&
			isOfPlatform(host, path) &&
			touched.has(sphereOf(host, path)) &&
			!seen.some((one) => one.path === path);
		if (!isBeside) continue;
		const said = await contentOf(agent, after.id, entry);
		looks.push({ path, before: said, after: said });
	}
	return looks;
}

/** What they said may stand elsewhere now. */
async function lookAtGone(
	agent: Agent,
	before: Looked,
	after: Looked,
): Promise<Changed[]> {
	const there = new Set(after.entries.filter(isFile).map(({ path }) => path));
	const gone = before.entries
		.filter(isFile)
		.filter((entry) => !there.has(entry.path) && mayTakeOver(entry));
	const looks: Changed[] = [];
	for (const entry of gone) {
		const said = await contentOf(agent, before.id, entry);
		looks.push({ path: entry.path, before: said, after: {} });
	}
	return looks;
}

/** Some agents fill one that they have made in another way bit by bit. */
function hasOtherSearches(
	before: DatabaseFill | undefined,
	after: DatabaseFill | undefined,
): boolean {
	return [...(after?.searches ?? [])].some(
		([name, { definition }]) =>
			before?.searches.get(name)?.definition !== definition,
	);
}

async function contentOf(
	agent: Agent,
	id: string,
	entry: FileEntry,
): Promise<Content> {
	if (entry.kind === "database") {
		const read = async (at: string) => agent.system.sqlite.fill(at);
		const fill = await lookInto(agent, id, entry, read);
		return fill === undefined ? {} : { fill };
	}
	return fileContent(agent, id, entry);
}

/** What is missed elsewhere may have been moved there. */
function mayTakeOver({ path, kind }: FileEntry): boolean {
	const isSettings = isVariables(path) || formOf(path) !== undefined;
	return kind === "file" && (isSettings || isWritten(path));
}
