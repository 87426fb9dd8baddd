import { constants } from "node:os";

const { EDQUOT } = constants.errno;

/** What kind of failure it is; decides the exit code, never the wording. */
export type ErrorCode =
	| "failed"
	| "usage"
	| "not-found"
	| "ambiguous"
	| "locked"
	| "wrong-key"
	| "no-home"
	| "no-space"
	| "damaged"
	| "bad-config"
	| "busy-database"
	| "interrupted"
	| "timed-out"
	| "recovery-blocked";

/**
 * A failure that can be expected. `message` says what failed and whether anything changed;
 * `hint` says what to do now. Anything else that is thrown is a bug of ours.
 */
export class SnapshotError extends Error {
	readonly code: ErrorCode;
	readonly hint: string | undefined;

	constructor(
		code: ErrorCode,
		message: string,
		options: { hint?: string; cause?: unknown } = {},
	) {
		super(message, { cause: options.cause });
		this.name = "SnapshotError";
		this.code = code;
		this.hint = options.hint;
	}
}

/** Nobody can tell whether it was done all the same. The failure, whose code it has, is the `cause`. */
export class Uncertain extends Error {
	readonly code: string | undefined;

	constructor(cause: unknown) {
		super(errorMessage(cause), { cause });
		this.name = "Uncertain";
		this.code = errorCode(cause);
	}
}

/** Something had been done before it failed: the reply must begin with that. The failure is the `cause`. */
export class FailedAfter extends Error {
	/** A sentence. */
	readonly done: string;

	constructor(done: string, cause: unknown) {
		super(errorMessage(cause), { cause });
		this.name = "FailedAfter";
		this.done = done;
	}
}

/** What is undefined had not to be done. */
export async function afterDoing<T>(
	done: string | undefined,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw done === undefined ? error : new FailedAfter(done, error);
	}
}

/** The `code` of a Node or SQLite error ("ENOENT", "SQLITE_BUSY"), or undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !("code" in error)) return undefined;
	// Node has no name for a used-up quota: "UNKNOWN", or "Unknown system error -122".
	if ("errno" in error && error.errno === -EDQUOT) return "EDQUOT";
	return typeof error.code === "string" ? error.code : undefined;
}

/** What failed, without its full stop and without that nothing was changed: a part of another sentence. */
export function reasonIn(message: string): string {
	return message.replace(/ ?Nothing was changed\.?$/, "").replace(/\.$/, "");
}

export function errorMessage(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
