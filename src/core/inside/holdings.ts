import type { Holdings } from "../../system/system.ts";
import type { FileEntry } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import { withScratch } from "../files/scratch.ts";
import type { Agent } from "../home/agent.ts";
import { copyStored } from "../restore/staged-file.ts";
import { beginningOf } from "./read-stored.ts";

/**
 * What a database of a snapshot holds. One in a single file is read where it lies: without a log SQLite writes nothing beside
 * it. Any other is put together in a scratch place.
 * @returns undefined: it cannot be read. @throws SnapshotError `damaged`, `no-space`
 */
export async function holdingsOf(
	agent: Agent,
	id: string,
	entry: FileEntry,
): Promise<Holdings | undefined> {
	const { sqlite, disk } = agent.system;
	const path = `${agent.store.directory}/${id}/${entry.path}`;
	const header = new DatabaseHeader(beginningOf(agent, id, entry, 100));
	const isReadable = path === path.trim() && path.isWellFormed();
	if (entry.parts === undefined && header.journalMode !== "wal" && isReadable)
		return sqlite.holdings(path);
	refuseFullDisk(agent, entry.size, 0);
	return withScratch(agent, async (folder) => {
		const copy = `${folder}/database`;
		agent.patience.progress?.begin("copying", entry.size);
		await copyStored(agent, id, entry, copy);
		const whole = new DatabaseHeader(readBeginning(disk, copy, 100));
		// One of the agent's own may say that it has a log, and to open it would make one.
		if (whole.journalMode === "wal") sqlite.makePlain(copy);
		return sqlite.holdings(copy);
	});
}
