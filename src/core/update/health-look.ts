import { sameContent } from "../capture/compare.ts";
import { type FileEntry, isFile } from "../capture/entry.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import {
	formOf,
	LARGEST_CONFIG,
	type Parsed,
	parseConfiguration,
} from "../home/configuration.ts";
import type { Manifest } from "../manifest/manifest.ts";

/** What a look at the content of a file or database in a snapshot has shown. What is not there is not known. */
export interface Content {
	/** Nothing but NULs and white space. */
	readonly isBlank?: boolean;
	/** Of a configuration that can be parsed; null of one that cannot. */
	readonly parsed?: Parsed | null;
	/** Of each plain table of a database how many rows it has: none, one, or more. */
	readonly rows?: ReadonlyMap<string, number>;
}

/** A file or database that is another one in the second of two snapshots. */
export interface Changed {
	readonly path: string;
	readonly before: Content;
	readonly after: Content;
}

type Looked = Pick<Manifest, "id" | "entries">;

/** One row may be the number of a schema. */
const ROWS = 2;

/** Looks into the two snapshots, and not into the home: that may move on. */
export async function lookAtChanged(
	agent: Agent,
	before: Looked,
	after: Looked,
): Promise<Changed[]> {
	const then = new Map(
		before.entries.filter(isFile).map((entry) => [entry.path, entry]),
	);
	const changed: Changed[] = [];
	for (const entry of after.entries.filter(isFile)) {
		const was = then.get(entry.path);
		if (was === undefined || sameContent(was, entry)) continue;
		changed.push({
			path: entry.path,
			before: await contentOf(agent, before.id, was),
			after: await contentOf(agent, after.id, entry),
		});
	}
	return changed;
}

async function contentOf(
	{ system, store }: Agent,
	id: string,
	entry: FileEntry,
): Promise<Content> {
	// Of those in parts what they hold is known by what was counted in them.
	if (entry.parts !== undefined) return {};
	const at = `${store.directory}/${id}/${entry.path}`;
	if (entry.kind === "database") {
		const rows = system.sqlite.rowsUpTo(at, ROWS);
		return rows === undefined ? {} : { rows };
	}
	if (entry.size > LARGEST_CONFIG) return {};
	const text = readText(system.disk, at, LARGEST_CONFIG) ?? "";
	const isBlank = /^[\0\s]*$/.test(text);
	const form = formOf(entry.path);
	if (form === undefined || isBlank) return { isBlank };
	const parsed = await parseConfiguration(form, text);
	return { isBlank, parsed: "value" in parsed ? parsed : null };
}
