import { SnapshotError } from "../../errors.ts";
import { storedBefore } from "../capture/as-captured.ts";
import type { Base } from "../capture/base.ts";
import type { Agent } from "../home/agent.ts";
import type { Member } from "../home/scan.ts";
import type { Missed } from "../manifest/manifest.ts";
import { NO_ROOM } from "../reasons.ts";
import { printable, someOf } from "../words.ts";

/**
 * Bytes that a capture of this will take, logs included. Of what the snapshot before has in parts nobody knows how many will
 * be other ones: room is looked for before each is written.
 */
export function neededFor(
	{ system: { disk }, home }: Agent,
	members: readonly Member[],
	base?: Base,
): number {
	const log = (path: string) => disk.stat(`${home}/${path}-wal`)?.size ?? 0;
	const inParts = (path: string, kind: Member["kind"]) => {
		const before = storedBefore(base, path, kind);
		return before?.parts === undefined ? 0 : before.size;
	};
	return members
		.filter(({ kind }) => kind === "file" || kind === "database")
		.map(({ path, kind, stat }) =>
			Math.max(0, stat.size + log(path) - inParts(path, kind)),
		)
		.reduce((sum, size) => sum + size, 0);
}

/**
 * Bytes that SQLite takes beside a live database while its content is replaced: a write-ahead log holds all of the new
 * content, a rollback journal all of the old. Each may stay until its owner closes the database, so none makes room
 * for the next one.
 */
export function neededInside(
	live: { readonly size: number; readonly journalMode: string } | undefined,
	wanted: number,
): number {
	const size = live?.size ?? 0;
	const logged = live?.journalMode === "wal" ? wanted : size;
	return logged + pageHeaders(logged) + Math.max(0, wanted - size);
}

/** A frame of a log has 24 bytes more than its page, which has 512 at least. */
function pageHeaders(size: number): number {
	return Math.ceil(size / 512) * 24;
}

/**
 * @param way another one, that needs less
 * @param where the bytes will go
 * @throws SnapshotError `no-space`, with the figures, when less than the reserve would stay free
 */
export function refuseFullDisk(
	agent: Agent,
	needed: number,
	reserve: number,
	way?: string,
	where: string = agent.store.directory,
): void {
	const { system, store } = agent;
	const free = system.disk.freeBytes(where);
	if (free === undefined || free - needed >= reserve) return;
	const text = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
	const leaves = reserve > 0 ? ` and leaves a reserve of ${text(reserve)}` : "";
	const hints = [
		roomHint(agent, where),
		way,
		reserve > 0 &&
			"The reserve is `reserveBytes` in state-snapshots/config.json.",
	];
	throw new SnapshotError(
		"no-space",
		`Not enough room on the disk of ${printable(where === store.directory ? store.home : where)}: this needs ${text(needed)}${leaves}, but only ${text(free)} are free. Nothing was changed.`,
		{ hint: hints.filter(Boolean).join(" ") },
	);
}

/** How to make some. To remove snapshots frees none on another disk than theirs. */
export function roomHint(
	{ system: { disk }, store }: Agent,
	where: string,
): string {
	const [there, own] = [where, store.directory].map(
		(path) => disk.stat(path)?.device,
	);
	return there === own
		? "Free some space, or remove old snapshots with `prune 5`."
		: "Free some space there, or name another place.";
}

/**
 * A database that was not captured because the disk was full is no fault of the database.
 * @throws SnapshotError `no-space`
 */
export function refuseLostForRoom(missed: readonly Missed[]): void {
	const lost = missed.filter(({ why }) => why === NO_ROOM);
	if (lost.length === 0) return;
	throw new SnapshotError(
		"no-space",
		`Not enough room: of ${someOf(lost.map(({ path }) => path))} nothing was captured: ${NO_ROOM}. Nothing was changed.`,
		{
			hint: "Free some space, or remove old snapshots with `prune 5`, and repeat the command.",
		},
	);
}
