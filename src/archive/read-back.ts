import { createHash } from "node:crypto";
import { type FileEntry, isDatabase, isFile } from "../core/capture/entry.ts";
import { refuseFullDisk } from "../core/create/room.ts";
import {
	DatabaseHeader,
	JOURNAL_MODE_AT,
	journalModeBytes,
} from "../core/files/database-header.ts";
import { readBeginning } from "../core/files/durable.ts";
import { withScratch } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import { formatManifest } from "../core/manifest/format-manifest.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { SnapshotError } from "../errors.ts";
import { MANIFEST_NAME } from "./archive.ts";
import type { Keys } from "./encryption.ts";
import { openArchive, pourInto, textOf } from "./open-archive.ts";
import { nameInZip } from "./pack.ts";

/** How long one database is searched for damage: all of it was when it was captured, and its hash says that it is the same. */
const BUDGET = 20_000;

/**
 * Reads an archive that was just written, as an import would: every file is compared with its hash, every database opened.
 * @throws SnapshotError `damaged`, `no-space`
 */
export async function readBack(
	agent: Agent,
	path: string,
	manifest: Manifest,
	keys: Keys,
): Promise<void> {
	const files = manifest.entries.filter(isFile);
	agent.patience.progress?.begin("verifying", manifest.total_size);
	await withScratch(agent, async (scratch) => {
		const file = { path, keys, scratch, most: () => Number.MAX_SAFE_INTEGER };
		const archive = await openArchive(agent, file);
		try {
			const expected = new Map<string, FileEntry | undefined>(
				files.map((entry, index) => [nameInZip(entry.path, index), entry]),
			);
			expected.set(MANIFEST_NAME, undefined);
			await archive.pour(async ({ name }, content) => {
				const entry = expected.get(name);
				if (!expected.delete(name)) throw notAsWritten(name);
				if (entry !== undefined)
					return compare(agent, entry, content, `${scratch}/database`);
				if ((await textOf(content)) !== formatManifest(manifest))
					throw notAsWritten(name);
			});
			for (const name of expected.keys()) throw notAsWritten(name);
		} finally {
			archive.close();
		}
	});
}

async function compare(
	agent: Agent,
	entry: FileEntry,
	content: AsyncIterable<Uint8Array>,
	place: string,
): Promise<void> {
	const sha256 = createHash("sha256");
	async function* hashed() {
		for await (const chunk of content) {
			sha256.update(chunk);
			agent.patience.progress?.add(chunk.length);
			yield chunk;
		}
	}
	if (isDatabase(entry)) {
		refuseFullDisk(agent, entry.size, 0);
		await pourInto(agent, hashed(), place);
	} else for await (const _ of hashed());
	if (sha256.digest("hex") !== entry.sha256) throw notAsWritten(entry.path);
	if (isDatabase(entry)) await openIt(agent, entry.path, place);
}

/** An archive of a database that nobody can open is none. */
async function openIt(
	{ system, patience }: Agent,
	path: string,
	place: string,
): Promise<void> {
	const { disk, sqlite } = system;
	try {
		const header = new DatabaseHeader(readBeginning(disk, place, 100));
		if (header.journalMode === "wal")
			disk.overwrite(place, JOURNAL_MODE_AT, journalModeBytes("delete"));
		const found = await sqlite.check(place, BUDGET, patience.signal);
		if (found.verdict === "damaged")
			throw new SnapshotError(
				"damaged",
				`${path} is a damaged database (${found.details}), so no archive was made of it. Nothing was changed.`,
				{ hint: "Export a snapshot of before the damage: see `verify all`." },
			);
	} finally {
		for (const suffix of ["", "-wal", "-shm", "-journal"])
			disk.removeTree(`${place}${suffix}`);
	}
}

function notAsWritten(name: string): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive was written, and read back it is another: ${name} differs. It was removed. Nothing was changed.`,
		{ hint: "Look at the disk it went to, and write it elsewhere." },
	);
}
