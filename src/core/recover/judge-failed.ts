import { errorCode, SnapshotError } from "../../errors.ts";
import type { Journal } from "../apply/journal.ts";
import { Unreadable } from "../files/copy.ts";
import type { Agent } from "../home/agent.ts";
import { mayOpen } from "../reasons.ts";
import { Occupancy } from "../restore/occupancy.ts";

const LOCKED = /^SQLITE_(BUSY|LOCKED|PROTOCOL)/;
const DAMAGED = /^SQLITE_(CORRUPT|NOTADB|IOERR_(SHORT_)?READ)/;

/**
 * What an error says of a path that was to be judged. All that it does not speak of is thrown as the disk said it.
 * @throws SnapshotError `busy-database` when that cannot be seen now
 */
export function judgeFailed(
	agent: Agent,
	journal: Journal,
	path: string,
	error: unknown,
): "foreign" {
	if (LOCKED.test(errorCode(error) ?? ""))
		throw locked(agent, journal, path, error);
	if (isUnreadable(agent, path, error)) return "foreign";
	throw error instanceof Unreadable ? error.cause : error;
}

/** Of the disk or the machine, now: they say nothing of what the agent has done. */
const PASSING: readonly string[] = ["EIO", "EMFILE", "ENFILE", "ENOMEM"];

/** What was captured and what is staged could be read and was sound: this is neither. */
function isUnreadable(
	{ system: { disk }, home }: Agent,
	path: string,
	error: unknown,
): boolean {
	if (error instanceof Unreadable)
		return !PASSING.includes(errorCode(error.cause) ?? "");
	const code = errorCode(error) ?? "";
	if (DAMAGED.test(code)) return true;
	return (
		/^SQLITE_(CANTOPEN|READONLY|PERM|IOERR)/.test(code) &&
		!mayOpen(disk, `${home}/${path}`)
	);
}

function locked(
	agent: Agent,
	{ snapshot }: Journal,
	path: string,
	cause: unknown,
): SnapshotError {
	const who = new Occupancy(agent, [path]).whoHolds(path);
	return new SnapshotError(
		"busy-database",
		`${path} is locked by ${who}, so nobody can see whether it was written to since a restore of ${snapshot} was interrupted, which waits. Nothing was changed.`,
		{ hint: `Stop ${agent.host.title} and run \`recover\` again.`, cause },
	);
}
