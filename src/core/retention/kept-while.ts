import { errorCode } from "../../errors.ts";
import { readNote, writeNote } from "../files/noted.ts";
import { scratchFolders, withScratch } from "../files/scratch.ts";
import type { Agent } from "../home/agent.ts";

const NOTE = "in-use.json";

/**
 * Works while no rule removes these snapshots, whoever prunes: what is at work may take snapshots of its own. Should we die,
 * whoever comes next lets go of them.
 */
export async function keptWhile<T>(
	agent: Agent,
	ids: readonly string[],
	work: () => Promise<T>,
): Promise<T> {
	let isBegun = false;
	try {
		return await withScratch(agent, (folder) => {
			writeNote(agent.system.disk, `${folder}/${NOTE}`, ids);
			isBegun = true;
			return work();
		});
	} catch (error) {
		// There is no room for the note, or it may not be made: the work matters more.
		if (isBegun || errorCode(error) === undefined) throw error;
		return work();
	}
}

/** What others rely on at this moment. */
export function keptByOthers(agent: Agent): string[] {
	return scratchFolders(agent).flatMap((folder) => {
		const found = readNote(agent.system.disk, `${folder}/${NOTE}`);
		return Array.isArray(found) ? found.map(String) : [];
	});
}
