import type { PinnedDatabase } from "../../system/system.ts";
import { refuseFullDisk } from "../create/room.ts";
import { withScratch } from "../files/scratch.ts";
import type { Agent } from "../home/agent.ts";
import { FilePages } from "./file-pages.ts";
import type { OpenDatabase } from "./side.ts";

/**
 * A live database that has to be copied to be read. The copy has lost its name before anything is read from it, so that it is
 * gone when this process is, however that ends.
 */
export function copiedAside(
	agent: Agent,
	pin: PinnedDatabase,
): Promise<OpenDatabase> {
	const { system, patience } = agent;
	const { disk, sqlite } = system;
	refuseFullDisk(agent, pin.size, 0);
	return withScratch(agent, async (folder) => {
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
	});
}
