import type { SnapshotInfo } from "../../core/store/listing.ts";
import type { ErrorCode } from "../../errors.ts";

/** What comes back from a command, in whatever agent it was typed. */
export interface Reply {
	readonly ok: boolean;
	/** For people: a few lines, plain text. */
	readonly text: string;
	readonly exitCode: number;
	/** For programs: see each verb in README. */
	readonly data: Readonly<Record<string, unknown>>;
	/** Standard output holds the bytes that were asked for, so that the text goes to the other one. */
	readonly isOutputUsed?: true;
	readonly error?: {
		readonly code: ErrorCode | "incomplete" | "bug";
		readonly message: string;
		readonly hint: string;
		/** Only of a bug. */
		readonly stack?: string;
	};
}

/** What a handler answers: a reply without its failures. */
export type Answer = Pick<Reply, "text" | "data" | "error" | "isOutputUsed"> & {
	readonly exitCode?: number;
};

export const EXIT = {
	done: 0,
	failed: 1,
	usage: 2,
	incomplete: 3,
	locked: 11,
	wrongKey: 12,
	stale: 13,
	unhealthy: 14,
	bug: 70,
	interrupted: 130,
} as const;

/** For the help. */
export const EXIT_TEXT =
	"0 done, 1 failed, 2 usage, 3 incomplete (something was missed), 11 locked, 12 wrong key, 13 stale, 14 unhealthy after a command, 70 bug, 130 interrupted";

/** A snapshot as `--json` shows it. */
export function snapshotData(snapshot: SnapshotInfo): Record<string, unknown> {
	const {
		id,
		number = null,
		label,
		createdAt,
		reason,
		files,
		bytes,
		complete,
		pinned,
	} = snapshot;
	return {
		id,
		number,
		label,
		createdAt: createdAt.toISOString(),
		reason,
		files,
		bytes,
		complete,
		pinned,
	};
}
