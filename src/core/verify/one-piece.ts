import type { FileEntry } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import {
	DatabaseHeader,
	JOURNAL_MODE_AT,
	journalModeBytes,
} from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import { withScratch } from "../files/scratch.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import { copyStored } from "../restore/staged-file.ts";

export interface OnePiece {
	readonly path: string;
	/** It is a copy that goes afterwards, and nobody else has it. */
	readonly isScratch: boolean;
}

/**
 * Hands out a database of a snapshot in one file that SQLite may open: where it lies, or put together in a scratch place if it is
 * kept in parts, or says that it has a log, which would be made beside it, in the snapshot.
 * @throws SnapshotError `damaged`, `no-space`
 */
export async function withOnePiece<T>(
	agent: Agent,
	id: string,
	entry: FileEntry,
	work: (whole: OnePiece) => Promise<T>,
): Promise<T> {
	const there = `${agent.store.directory}/${id}/${entry.path}`;
	if (entry.parts === undefined && isPlain(agent, there))
		return work({ path: there, isScratch: false });
	refuseFullDisk(agent, entry.size, settingsOrDefaults(agent).reserveBytes);
	return withScratch(agent, async (folder) => {
		const path = `${folder}/whole.db`;
		await copyStored(agent, id, entry, path);
		if (!isPlain(agent, path))
			agent.system.disk.overwrite(
				path,
				JOURNAL_MODE_AT,
				journalModeBytes("delete"),
			);
		return work({ path, isScratch: true });
	});
}

function isPlain({ system: { disk } }: Agent, path: string): boolean {
	const header = new DatabaseHeader(readBeginning(disk, path, 100));
	return header.journalMode === "delete";
}
