import { errorCode } from "../../errors.ts";
import { type Count, type FileEntry, isFile } from "../capture/entry.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning, readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import {
	countedIn,
	countsOfRows,
	countsOfText,
	rowsWanted,
	totalCounts,
} from "../home/counted.ts";
import { expand, nestedHomesIn } from "../home/coverage.ts";
import type { Rehearsed } from "./drill-home.ts";

/** What people would miss, in what came back of these, as far as it was counted when they were captured. */
export async function countThere(
	there: Agent,
	files: readonly FileEntry[],
): Promise<Count[]> {
	const found: FileEntry[] = [];
	for (const entry of files)
		if (entry.counts !== undefined)
			found.push({ ...entry, counts: await countsAt(there, entry.path) });
	return totalCounts(found);
}

/**
 * All that people would miss there, whether or not it was counted when it was captured. An agent may move its state from one
 * file to another, so wherever something of it may stand is looked at.
 */
export async function countAllThere({
	there,
	manifest,
}: Rehearsed): Promise<Count[]> {
	const { disk } = there.system;
	const homes = [
		"",
		...nestedHomesIn(disk, there.home, there.host).map((path) => `${path}/`),
	];
	const paths = homes.flatMap((home) =>
		(there.host.counted ?? []).flatMap(({ path }) =>
			expand(disk, there.home, `${home}${path}`),
		),
	);
	const captured = manifest.entries.filter(isFile).map(({ path }) => path);
	const found: FileEntry[] = [];
	for (const path of new Set([...paths, ...captured]))
		if (countedIn(there.host, path).length > 0)
			found.push({
				...{ path, kind: "file", size: 0 },
				counts: await countsAt(there, path),
			});
	return totalCounts(found);
}

/** What is less now: sentences. */
export function fallen(
	before: readonly Count[],
	now: readonly Count[],
): string[] {
	const left = new Map(now.map(({ what, count }) => [what, count]));
	return before.flatMap(({ what, count }) => {
		const still = left.get(what) ?? 0;
		if (still >= count) return [];
		const whats = count === 1 ? what : `${what}s`;
		const few = still === 0 ? "none" : `only ${still}`;
		return [`of ${count} ${whats} the command has left ${few}`];
	});
}

/** None of what is not there, or cannot be read. */
async function countsAt(
	{ system, host, patience, home }: Agent,
	path: string,
): Promise<Count[]> {
	const { disk, sqlite } = system;
	const at = `${home}/${path}`;
	const counted = countedIn(host, path);
	const { kind, size = 0 } = disk.stat(at) ?? {};
	if (counted.length === 0 || kind !== "file") return [];
	if (!new DatabaseHeader(readBeginning(disk, at, 100)).isSqlite)
		return countsOfText(counted, readText(disk, at, size) ?? "");
	try {
		const pin = await sqlite.pin(at, patience);
		try {
			return countsOfRows(counted, pin.countRows(rowsWanted(counted)));
		} finally {
			pin.release();
		}
	} catch (error) {
		if (!errorCode(error)?.startsWith("SQLITE_")) throw error;
		return [];
	}
}
