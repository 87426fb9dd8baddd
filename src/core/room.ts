import { SnapshotError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import type { Scan } from "./scan.ts";

/** Bytes that a capture of this will take, logs included. */
export function neededFor(
	{ system: { disk }, home }: Agent,
	{ members }: Scan,
): number {
	const log = (path: string) => disk.stat(`${home}/${path}-wal`)?.size ?? 0;
	return members
		.filter(({ kind }) => kind === "file" || kind === "database")
		.map(({ path, stat }) => stat.size + log(path))
		.reduce((sum, size) => sum + size, 0);
}

/** @throws SnapshotError `no-space`, with the figures, when less than the reserve would stay free */
export function refuseFullDisk(
	{ system, store }: Agent,
	needed: number,
	reserve: number,
): void {
	const free = system.disk.freeBytes(store.directory);
	if (free === undefined || free - needed >= reserve) return;
	const text = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
	throw new SnapshotError(
		"no-space",
		`Not enough room: this needs ${text(needed)} and leaves a reserve of ${text(reserve)}, but only ${text(free)} are free. Nothing was changed.`,
		{
			hint: "Free some space, or remove old snapshots with `prune 5`; a restore needs less with --no-undo. The reserve is `reserveBytes` in state-snapshots/config.json.",
		},
	);
}
