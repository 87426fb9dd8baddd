import type { Agent } from "./agent.ts";
import type { Captured } from "./capture.ts";
import type { Entry, Manifest } from "./manifest.ts";

/** A database that held something and is now an empty file was emptied by accident: it must not push good copies out. */
export function withoutEmptied(
	{ host, system }: Agent,
	captured: Captured,
	before: Manifest | undefined,
	into: string,
): Captured {
	const databases = new Set(
		(before?.entries ?? [])
			.filter(({ kind }) => kind === "database")
			.map(({ path }) => path),
	);
	const isEmptied = (entry: Entry) =>
		entry.kind === "file" && entry.size === 0 && databases.has(entry.path);
	const emptied = captured.entries.filter(isEmptied).map(({ path }) => path);
	for (const path of emptied) system.disk.unlink(`${into}/${path}`);
	const why = `it is an empty file now, and was a database before: has ${host.title} lost it?`;
	const missed = emptied.map((path) => ({ path, why, lost: true }));
	return {
		...captured,
		entries: captured.entries.filter((entry) => !isEmptied(entry)),
		missed: [...captured.missed, ...missed],
	};
}
