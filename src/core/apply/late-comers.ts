import { errorCode, SnapshotError } from "../../errors.ts";
import { databaseSignature } from "../capture/signatures.ts";
import type { Agent } from "../home/agent.ts";
import { Occupancy } from "../restore/occupancy.ts";

/**
 * Made or written to since the present was captured, a database is in no snapshot; and whoever did it may come again
 * between two of our calls, and write to a log beside a file that is not there any more. So it is not even moved away.
 */
export function refuseInUse(
	agent: Agent,
	path: string,
	expected: readonly string[],
): void {
	const now = databaseSignature(agent.system.disk, `${agent.home}/${path}`);
	const holders = new Occupancy(agent, [path]).holdersOf(path) ?? [];
	if (!expected.includes(now) || holders.length > 0) throw cameMeanwhile(path);
}

/**
 * Where nothing is, somebody may make it at this very moment, and would go on writing to a file that a rename had taken
 * away from under him. A second name is refused then. Dying before the first is gone: see `dropArrived`.
 */
export function moveWhereNothingIs(
	{ system: { disk }, home }: Agent,
	from: string,
	path: string,
): void {
	const live = `${home}/${path}`;
	try {
		disk.hardLink(from, live);
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (code === "EEXIST") throw cameMeanwhile(path);
		if (!NO_HARD_LINKS.includes(code)) throw error;
		disk.rename(from, live);
		return;
	}
	disk.unlink(from);
}

/** Of disks that know none. */
export const NO_HARD_LINKS = [
	"EPERM",
	"ENOTSUP",
	"EOPNOTSUPP",
	"ENOSYS",
	"EMLINK",
];

export function cameMeanwhile(path: string): SnapshotError {
	return new SnapshotError(
		"busy-database",
		`${path} was written to by another process in this very moment, and is left as it is.`,
		{ hint: "Nothing was changed. Repeat the command in a quieter moment." },
	);
}
