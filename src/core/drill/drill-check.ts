import type { Disk } from "../../system/system.ts";
import { sha256Of } from "../capture/content-hash.ts";
import {
	type Count,
	type Entry,
	type FileEntry,
	isFile,
	totalOf,
} from "../capture/entry.ts";
import { hashingDatabase, hashingFile, readingChunks } from "../files/copy.ts";
import type { Agent } from "../home/agent.ts";
import { totalCounts } from "../home/counted.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { cutInto } from "../parts/parts.ts";
import {
	type Flaw,
	type Flaws,
	flawsOfConfig,
	flawsOfDatabase,
	joined,
} from "../verify/flaws.ts";
import { inTurns, type Work } from "../work.ts";
import { countThere } from "./drill-counts.ts";
import type { Rehearsed } from "./drill-home.ts";

/** What came back, and what is wrong with it. */
export interface Checked extends Flaws {
	readonly files: number;
	/** Bytes. */
	readonly bytes: number;
	readonly counts: readonly Count[];
}

/** Looks at all that a restore has put there. Nobody else is at work in that home. */
export async function checkRehearsed({
	there,
	manifest,
	plan,
}: Rehearsed): Promise<Checked> {
	const left = new Set(plan.leftAlone.map(({ path }) => path));
	const entries = manifest.entries.filter(({ path }) => !left.has(path));
	const files = entries.filter(isFile);
	there.patience.progress?.begin("verifying", totalOf(files));
	// At once: to search is another process's work.
	const [other, flaws] = await Promise.all([
		othersAmong(there, entries),
		searched(there, manifest, files),
	]);
	const back = files.filter(
		(entry) => !other.some(({ path }) => path === entry.path),
	);
	const counts = await countThere(there, back);
	const missing = missingIn(counts, totalCounts(entries));
	const damage = [...other, ...flaws.damage, ...missing];
	const bytes = totalOf(files);
	return { ...flaws, damage, files: files.length, bytes, counts };
}

async function othersAmong(
	there: Agent,
	entries: readonly Entry[],
): Promise<Flaw[]> {
	const other: Flaw[] = [];
	for (const entry of entries) {
		const what = await whyOther(there, entry);
		if (what !== undefined) other.push({ path: entry.path, what });
	}
	return other;
}

/** What did not come back at all is told otherwise. */
async function searched(
	there: Agent,
	manifest: Manifest,
	files: readonly FileEntry[],
): Promise<Flaws> {
	const { disk } = there.system;
	const flaws: Flaws[] = [];
	for (const { path, kind, size } of files) {
		const at = `${there.home}/${path}`;
		if (disk.stat(at)?.kind !== "file") continue;
		const budget = Math.max(LEAST_BUDGET, size / SPEED);
		flaws.push(
			kind === "database"
				? await flawsOfDatabase(there, path, at, { budget, isScratch: true })
				: await flawsOfConfig(there, manifest, path, at),
		);
	}
	return joined(flaws);
}

/** How long a database is searched at least, in milliseconds: somebody waits for it. */
const LEAST_BUDGET = 15_000;
/** Bytes a millisecond: those that are larger are given longer. */
const SPEED = 25_000;

/** As it was captured, but for what SQLite changes in a header by itself. */
async function whyOther(
	{ system, patience, home }: Agent,
	entry: Entry,
): Promise<string | undefined> {
	const { disk } = system;
	const at = `${home}/${entry.path}`;
	const now = disk.stat(at);
	patience.progress?.at(entry.path);
	if (now === undefined) return "did not come back";
	if (entry.kind === "link")
		return now.kind === "link" && disk.readLink(at) === entry.target
			? undefined
			: "came back as another link";
	const kind = entry.kind === "directory" ? "directory" : "file";
	if (now.kind !== kind) return "came back as something else";
	if (entry.mode !== undefined && now.mode !== entry.mode)
		return "came back with another mode";
	if (!isFile(entry)) return undefined;
	if (now.size !== entry.size) return "came back in another size";
	const isSame = await inTurns(system, patience, comparing(disk, at, entry));
	return isSame ? undefined : "came back with another content";
}

function* comparing(disk: Disk, at: string, entry: FileEntry): Work<boolean> {
	const { parts } = entry;
	if (entry.kind === "database") {
		const { content } = yield* hashingDatabase(disk, at, parts?.size);
		return content === entry.content;
	}
	if (parts === undefined)
		return (yield* hashingFile(disk, at)).sha256 === entry.sha256;
	const found: string[] = [];
	const cut = cutInto(parts.size, (part) => found.push(sha256Of(part)));
	yield* readingChunks(disk, at, cut.use);
	cut.end();
	return found.join() === parts.sha256.join();
}

/** What the manifest counted then. Older ones, and those of agents themselves, counted nothing. */
function missingIn(
	now: readonly Count[],
	then: readonly Count[],
): readonly Flaw[] {
	return then.flatMap(({ what, count }) => {
		const came = now.find((one) => one.what === what)?.count ?? 0;
		if (came === count) return [];
		const path = "manifest.json";
		return [
			{ path, what: `counts ${count} of ${what}, and ${came} came back` },
		];
	});
}
