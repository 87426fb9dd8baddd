import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type { StorePaths } from "../store/store.ts";

/** The last scheduled run that came to an end, if that was no good one. */
export interface Failure {
	readonly at: Date;
	/** "snapshot: Not enough room …", without a full stop. */
	readonly why: string;
}

/** False: no schedule was ever installed here, or run. */
export function hasLog(disk: Disk, { log }: StorePaths): boolean {
	return disk.stat(log) !== undefined;
}

/** In which the last few lines stand, in bytes. */
const TAIL = 64 * 1024;

/**
 * Undefined: it went well, or there was none. For every reply, so nothing is read but the end of the log, and checked by
 * hand: the schema is in run-log.ts. A line that is none, and a run that was put off, say nothing.
 */
export function lastFailure(
	disk: Disk,
	store: StorePaths,
): Failure | undefined {
	try {
		const found = disk.stat(store.log);
		if (found?.kind !== "file" || found.size === 0) return undefined;
		const lines = tailOf(disk, store.log, found.size).split("\n");
		for (const line of lines.reverse()) {
			const run = lineIn(line);
			// Nor does who has no schedule any more want to hear of it.
			if (run?.ok === true || run?.did === REMOVED) return undefined;
			if (run?.did === RUN && run.ok === false) return failureOf(run);
		}
		return undefined;
	} catch (error) {
		// It keeps nobody from what he asked for.
		if (errorCode(error) === undefined) throw error;
		return undefined;
	}
}

function tailOf(disk: Disk, path: string, size: number): string {
	const file = disk.open(path, "read");
	try {
		const buffer = Buffer.alloc(Math.min(size, TAIL));
		const read = disk.read(file, buffer, size - buffer.length);
		return buffer.subarray(0, read).toString("utf8");
	} finally {
		disk.close(file);
	}
}

const RUN = "schedule run";
const REMOVED = "schedule remove";

interface Line {
	readonly at: string;
	readonly did: unknown;
	readonly ok: unknown;
	readonly steps: unknown;
}

/** Undefined: it is none of ours. */
function lineIn(line: string): Line | undefined {
	if (!line.startsWith("{")) return undefined;
	try {
		const { at, did, ok, steps } = JSON.parse(line);
		const isOurs = did === RUN || did === REMOVED;
		return isOurs && Number.isFinite(Date.parse(at))
			? { at, did, ok, steps }
			: undefined;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

function failureOf({ at, steps }: Line): Failure {
	const failed = (Array.isArray(steps) ? steps : []).filter(
		(step) => step?.ok === false,
	);
	const why = failed.map(({ step, what }) => `${step}: ${what}`).join("; ");
	return { at: new Date(at), why };
}
