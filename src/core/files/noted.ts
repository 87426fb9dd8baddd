import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { readText, writeQuickly } from "./durable.ts";

/** A list of thousands. */
const LIMIT = 16 * 1024 * 1024;

/** What is only noted for speed: undefined when it is not there, too large, unreadable, a link, torn. */
export function readNote(disk: Disk, path: string): unknown {
	try {
		return JSON.parse(readText(disk, path, LIMIT) ?? "null") ?? undefined;
	} catch (error) {
		if (!(error instanceof SyntaxError) && errorCode(error) === undefined)
			throw error;
		return undefined;
	}
}

/** No power cut has to spare it. */
export function writeNote(disk: Disk, path: string, noted: unknown): void {
	writeQuickly(disk, path, `${JSON.stringify(noted)}\n`);
}
