import * as v from "valibot";
import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { readText, syncDirectory, writeDurably } from "../files/durable.ts";
import { parse } from "../manifest/manifest.ts";
import type { StorePaths } from "../store/store.ts";

const NEXT_START_VERSION = 1;
const LIMIT = 16 * 1024 * 1024;

/** Made when one waits, which is seldom: `list` looks for it. */
const nextStart = () =>
	v.object({
		formatVersion: v.literal(
			NEXT_START_VERSION,
			"was written by another version of agent-snapshot",
		),
		/** The snapshot's id. */
		snapshot: v.string(),
		/** It is an undo snapshot, and only what it undoes is touched. */
		isUndo: v.boolean(),
		/** As in `RestoreRequest`. */
		select: v.array(v.string()),
		include: v.array(v.string()),
		undo: v.boolean(),
		requestedAt: v.string(),
	});

/** A restore that waits until the agent is stopped: `recover` does it before the agent starts again. */
export type NextStart = v.InferOutput<ReturnType<typeof nextStart>>;

export function writeNextStart(
	disk: Disk,
	store: StorePaths,
	waiting: Omit<NextStart, "formatVersion">,
): void {
	const text = JSON.stringify({
		formatVersion: NEXT_START_VERSION,
		...waiting,
	});
	writeDurably(disk, store.nextStart, text);
}

/** Undefined when none waits. @throws SnapshotError `recovery-blocked` for one that cannot be read */
export function readNextStart(
	disk: Disk,
	store: StorePaths,
): NextStart | undefined {
	const what = "The restore that waits for the next start";
	const unusable = (message: string, cause: unknown) =>
		new SnapshotError("recovery-blocked", message, {
			hint: "Forget it: `recover --cancel`.",
			cause,
		});
	try {
		const text = readText(disk, store.nextStart, LIMIT);
		return text === undefined ? undefined : parse(nextStart(), text, what);
	} catch (error) {
		if (error instanceof SnapshotError) throw unusable(error.message, error);
		if (["ELOOP", "EISDIR", "EFBIG"].includes(errorCode(error) ?? ""))
			throw unusable(`${what} cannot be read. Nothing was changed.`, error);
		throw error;
	}
}

/** The id of the snapshot that waits, for those that only tell of it; "?" when it cannot be read. */
export function waitingSnapshot(
	disk: Disk,
	store: StorePaths,
): string | undefined {
	try {
		return readNextStart(disk, store)?.snapshot;
	} catch (error) {
		if (error instanceof SnapshotError) return "?";
		throw error;
	}
}

/**
 * Another one that waits, and that an interrupted restore of `snapshot` takes the place of: `--at-next-start` recovers
 * first, so whatever is interrupted was begun after the request.
 */
export function waitingInstead(
	disk: Disk,
	store: StorePaths,
	snapshot: string,
): string | undefined {
	const waiting = waitingSnapshot(disk, store);
	return waiting === snapshot ? undefined : waiting;
}

/** False: none was waiting. */
export function forgetNextStart(disk: Disk, store: StorePaths): boolean {
	if (disk.stat(store.nextStart) === undefined) return false;
	disk.removeTree(store.nextStart);
	syncDirectory(disk, store.directory);
	return true;
}
