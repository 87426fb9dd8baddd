import { SnapshotError } from "../../errors.ts";
import { type FileEntry, isDatabase } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { copyStored, refuseDamagedDatabase } from "../restore/staged-file.ts";

/**
 * A database of a snapshot in one piece, compared with its hashes, to be opened by SQLite: files of the store never are.
 * It lies in `.restore`, whose maker removes it.
 * @throws SnapshotError `damaged`, `no-space`
 */
export async function copyToRead(
	agent: Agent,
	id: string,
	entry: FileEntry,
): Promise<string> {
	const { disk, sqlite } = agent.system;
	const copy = `${agent.store.restoring}/copy.db`;
	if (disk.stat(copy) !== undefined) disk.unlink(copy);
	refuseFullDisk(agent, entry.size, 0);
	agent.patience.progress?.begin("copying", entry.size);
	await copyStored(agent, id, entry, copy);
	const header = new DatabaseHeader(readBeginning(disk, copy, 100));
	if (!header.isSqlite)
		throw new SnapshotError(
			"damaged",
			`${entry.path} of snapshot ${id} is no database. Nothing was changed.`,
			{ hint: "Take another one: see `list`." },
		);
	// One of the agent's own may say that it has a log, and opening it would make one.
	if (header.journalMode === "wal") sqlite.makePlain(copy);
	if (isDatabase(entry)) await refuseDamagedDatabase(agent, entry, copy);
	return copy;
}
