import { Unreadable } from "../core/durable.ts";
import {
	type ErrorCode,
	errorCode,
	errorMessage,
	FailedAfter,
	SnapshotError,
} from "../errors.ts";
import { findVerb } from "./grammar.ts";
import { EXIT, type Reply } from "./reply.ts";
import { printable } from "./text.ts";

const EXIT_OF: Partial<Record<ErrorCode, number>> = {
	usage: EXIT.usage,
	locked: EXIT.locked,
	interrupted: EXIT.interrupted,
};

/** The one switch from error to sentence, and to exit code. */
export function explain(thrown: unknown, prefix = "agent-snapshot"): Reply {
	const error = asSnapshotError(thrown);
	if (error === undefined) return bug(thrown);
	const { code } = error;
	const message = callable(error.message, prefix);
	const hint = callable(error.hint ?? "", prefix);
	const text = printableLines([message, hint]);
	return {
		ok: false,
		text,
		exitCode: EXIT_OF[code] ?? EXIT.failed,
		data: {},
		error: { code, message, hint },
	};
}

/** The core writes `prune 5` without knowing where that is typed: "/snapshot prune 5", "agent-snapshot prune 5". */
function callable(text: string, prefix: string): string {
	return text.replace(/`([^`]+)`/g, (_, quoted: string) =>
		findVerb(quoted.split(" ")[0] ?? "") ? `${prefix} ${quoted}` : quoted,
	);
}

const DISK_ERRORS: Readonly<Record<string, string>> = {
	ENOSPC: "the disk is full",
	EDQUOT: "the disk quota is used up",
	EROFS: "the disk is read-only",
	EACCES: "permission was denied",
	EPERM: "the system did not permit it",
	EIO: "the disk reported an error",
	EMFILE: "too many files are open",
	ENFILE: "too many files are open",
	EXDEV: "two disks are involved",
	EFBIG: "a file would grow beyond what is allowed (see ulimit -f)",
	SQLITE_FULL: "the disk is full",
	SQLITE_CANTOPEN:
		"a database could not be opened or made (the disk may have no room for another file)",
	SQLITE_READONLY: "a database cannot be written to",
	SQLITE_IOERR_WRITE: "the disk could not be written to",
	SQLITE_IOERR:
		"the disk could not be read or written to (it may be full, or a file at its limit)",
};

/** SQLite's extended codes, `SQLITE_IOERR_SHMSIZE`, are kinds of the plain ones. */
function whyOf(code: string): string | undefined {
	const plain = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
	return DISK_ERRORS[code] ?? DISK_ERRORS[plain];
}

/** Errors of the disk, with what Node knows of the place; ours are as they are; undefined for bugs. */
function asSnapshotError(thrown: unknown): SnapshotError | undefined {
	if (thrown instanceof SnapshotError) return thrown;
	if (thrown instanceof FailedAfter) return failedAfter(thrown);
	if (thrown instanceof Error && thrown.name === "AbortError")
		return new SnapshotError(
			"interrupted",
			"Interrupted. Nothing was changed.",
		);
	if (thrown instanceof Unreadable)
		return (
			asSnapshotError(thrown.cause) ??
			failed(`a file could not be read: ${thrown.message}`, thrown)
		);
	const code = errorCode(thrown) ?? "";
	const why = whyOf(code);
	if (why === undefined) return undefined;
	const { path } = thrown as { path?: unknown };
	const where = typeof path === "string" ? ` (${path})` : "";
	return failed(`${why}${where}`, thrown);
}

function failed(why: string, cause: unknown): SnapshotError {
	return new SnapshotError(
		"failed",
		`It did not work: ${why}. Nothing in the agent's home was changed.`,
		{ hint: "Remove the cause and try again.", cause },
	);
}

function failedAfter({ done, cause }: FailedAfter): SnapshotError | undefined {
	const error = asSnapshotError(cause);
	if (error === undefined) return undefined;
	const { code, message, hint = "" } = error;
	const rest = message.replace(
		/\bNothing (in the agent's home )?was changed/,
		"Nothing else $1was changed",
	);
	return new SnapshotError(code, `${done} ${rest}`, { hint, cause });
}

function bug(thrown: unknown): Reply {
	const message = `Something went wrong that should not: ${errorMessage(thrown)}`;
	const hint =
		"This is a bug in agent-snapshot: please report it. AGENT_SNAPSHOT_DEBUG=1 shows where.";
	const stack = thrown instanceof Error ? thrown.stack : undefined;
	const error = {
		code: "bug",
		message,
		hint,
		...(stack !== undefined && { stack }),
	} as const;
	return {
		ok: false,
		text: printableLines([message, hint]),
		exitCode: EXIT.bug,
		data: {},
		error,
	};
}

function printableLines(parts: readonly string[]): string {
	return parts
		.filter((part) => part !== "")
		.map(printable)
		.join("\n");
}
