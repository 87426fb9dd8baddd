import { Unreadable } from "../../core/files/copy.ts";
import { whyOfDisk } from "../../core/reasons.ts";
import {
	type ErrorCode,
	errorMessage,
	FailedAfter,
	SnapshotError,
} from "../../errors.ts";
import { callable, printable } from "../text/text.ts";
import { EXIT, type Reply } from "./reply.ts";

const EXIT_OF: Partial<Record<ErrorCode, number>> = {
	usage: EXIT.usage,
	locked: EXIT.locked,
	"wrong-key": EXIT.wrongKey,
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
	const why = whyOfDisk(thrown);
	return why === undefined ? undefined : failed(why, thrown);
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
