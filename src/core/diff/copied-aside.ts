import type { PinnedDatabase } from "../../system/system.ts";
import type { Agent } from "../agent.ts";
import { refuseFullDisk } from "../room.ts";
import { FilePages } from "./file-pages.ts";
import type { OpenDatabase } from "./side.ts";

/**
 * A live database that has to be copied to be read. The copy has lost its name before anything is read from it, so that it is
 * gone when this process is, however that ends; one that was not finished is removed by the next writing command.
 */
export async function copiedAside(
	agent: Agent,
	pin: PinnedDatabase,
): Promise<OpenDatabase> {
	const { system, store, patience } = agent;
	const { disk, sqlite, clock, processes } = system;
	refuseFullDisk(agent, pin.size, 0);
	const stamp = clock
		.now()
		.toISOString()
		.slice(0, 19)
		.replace(/[-:]/g, "")
		.replace("T", "-");
	const folder = `${store.directory}/.${stamp}-diff-${processes.pid}.partial`;
	disk.makeDirectory(folder, 0o700);
	try {
		const copy = `${folder}/copy.db`;
		await pin.copyTo(copy, patience);
		pin.release();
		sqlite.makePlain(copy);
		const pages = FilePages.open(disk, [copy], {
			each: pin.size,
			where: "as a copy",
		});
		return {
			source: pages,
			confirm: async () => {},
			close: () => pages.close(),
		};
	} finally {
		disk.removeTree(folder);
	}
}
