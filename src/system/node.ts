import fs from "node:fs";
import {
	setTimeout as sleep,
	setImmediate as turn,
} from "node:timers/promises";
import manifest from "../../package.json" with { type: "json" };
import { cloneFile } from "./clone-file.ts";
import { createDisk } from "./disk.ts";
import { post } from "./network.ts";
import { createProcesses } from "./processes.ts";
import { createPrograms } from "./programs.ts";
import { createSqlite } from "./sqlite.ts";
import type { Sqlite } from "./sqlite-interface.ts";
import { startWritingOut, syncFilesystem } from "./sync-filesystem.ts";
import type { System } from "./system.ts";

/**
 * The real world. Only the engine's process may build it: it loads native code.
 * @param ownDirectory where this package lies
 * @param umask the person's own, which programs get that they start through us
 */
export function createNodeSystem(ownDirectory: string, umask?: number): System {
	let sqlite: Sqlite | undefined;
	return {
		disk: createDisk(fs, Date.now, {
			syncAll: syncFilesystem,
			startWritingOut,
			clone: cloneFile,
		}),
		// Most commands that only look never come to it.
		get sqlite() {
			sqlite ??= createSqlite();
			return sqlite;
		},
		clock: {
			now: () => new Date(),
			monotonic: () => performance.now(),
			sleep: async (milliseconds) => {
				// A timer takes a millisecond at least; what waits has its turn without one, too.
				await (milliseconds === 0 ? turn() : sleep(milliseconds));
			},
		},
		processes: createProcesses(manifest.version),
		programs: createPrograms(ownDirectory, umask),
		network: { post },
	};
}
