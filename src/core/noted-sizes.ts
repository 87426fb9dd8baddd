import * as v from "valibot";
import { errorCode } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import { readText, writeQuickly } from "./durable.ts";
import { Size } from "./manifest-summary.ts";
import type { StorePaths } from "./store.ts";

const NotedSizes = v.object({
	formatVersion: v.literal(1),
	/** Inode of the store: a copy of it may share nothing. */
	store: v.string(),
	total: v.nullable(Size),
	/** Id, and bytes or null for what was not looked at. */
	snapshots: v.array(v.tuple([v.string(), v.nullable(Size)])),
});
/** `.sizes.json`: may be gone or wrong at any time, and then is found out anew. */
export type NotedSizes = v.InferOutput<typeof NotedSizes>;

/** A list of thousands. */
const LIMIT = 4 * 1024 * 1024;

export function readNoted(
	disk: Disk,
	store: StorePaths,
): NotedSizes | undefined {
	try {
		const text = readText(disk, store.sizes, LIMIT);
		const found = v.safeParse(NotedSizes, JSON.parse(text ?? "null"));
		return found.success ? found.output : undefined;
	} catch (error) {
		// Too large, unreadable, a link, torn: it is only noted for speed.
		if (!(error instanceof SyntaxError) && errorCode(error) === undefined)
			throw error;
		return undefined;
	}
}

/** No power cut has to spare it. */
export function writeNoted(
	disk: Disk,
	store: StorePaths,
	noted: NotedSizes,
): void {
	writeQuickly(disk, store.sizes, `${JSON.stringify(noted)}\n`);
}
