import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type { StorePaths } from "../store/store.ts";
import type { OpenStep } from "./open-steps.ts";

/** What scheduled runs have failed to do, and nobody has mended. */
export interface Failure {
	/** Of the run in which the first of it failed. */
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

/** Undefined: all that scheduled runs were to do went well when it was last tried, or there was none. */
export function lastFailure(
	disk: Disk,
	store: StorePaths,
): Failure | undefined {
	const failed = openSteps(disk, store);
	const [first] = failed;
	if (first === undefined) return undefined;
	const why = failed.map(({ step, what }) => `${step}: ${what}`).join("; ");
	return { at: new Date(first.at), why };
}

/**
 * What failed when it was last tried. For every reply, so nothing is read but the end of the log, and checked by hand: the
 * schema is in run-log.ts. A line that is none, and a run that was put off, say nothing.
 */
export function openSteps(disk: Disk, store: StorePaths): OpenStep[] {
	try {
		const found = disk.stat(store.log);
		if (found?.kind !== "file" || found.size === 0) return [];
		const lines = tailOf(disk, store.log, found.size).split("\n");
		for (const line of lines.reverse()) {
			const run = lineIn(line);
			// Who has no schedule any more does not want to hear of it.
			if (run?.did === REMOVED) return [];
			if (typeof run?.ok === "boolean") return run.failed;
		}
		return [];
	} catch (error) {
		// It keeps nobody from what he asked for.
		if (errorCode(error) === undefined) throw error;
		return [];
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
	readonly did: unknown;
	readonly ok: unknown;
	/** What failed in it, and what before it is still open. */
	readonly failed: OpenStep[];
}

/** Undefined: it is none of ours. */
function lineIn(line: string): Line | undefined {
	if (!line.startsWith("{")) return undefined;
	try {
		const { at, did, ok, steps = [], open = [] } = JSON.parse(line);
		if (did !== RUN && did !== REMOVED) return undefined;
		const all = [...steps, ...open].filter((one) => one.ok !== true);
		const failed = all.map(({ step, what, ...one }) => ({
			at: one.at ?? at,
			step,
			what,
		}));
		const isTold = Number.isFinite(Date.parse(at));
		return isTold ? { did, ok, failed } : undefined;
	} catch (error) {
		// Other forms than ours do not let themselves be taken apart.
		if (!(error instanceof SyntaxError || error instanceof TypeError))
			throw error;
		return undefined;
	}
}
