import { errorCode, errorMessage } from "../errors.ts";

const REASONS: Readonly<Record<string, string>> = {
	EACCES: "permission denied",
	EPERM: "permission denied",
	EIO: "the disk could not read it",
};

/** It may be sound: it was only not to be had. */
export const LOCKED = "the database was locked by another process for too long";

/** It may be sound, too: reading a database takes a few files of SQLite's own beside it. */
export const UNOPENED =
	"SQLite could not open it, or make its own files beside it (is the disk full?)";

/** Why something could not be captured, for manifests and for people. */
export function whyUnreadable(error: unknown): string {
	const code = errorCode(error) ?? "";
	if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return LOCKED;
	if (
		/^SQLITE_(FULL|CANTOPEN|IOERR(?!_(READ|SHORT_READ|DATA|CORRUPTFS)))/.test(
			code,
		)
	)
		return UNOPENED;
	if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
		return `the database is damaged (${errorMessage(error)})`;
	return REASONS[code] ?? errorMessage(error);
}
