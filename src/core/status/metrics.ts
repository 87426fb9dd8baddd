import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { writeFully } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { nameOf, parentOf } from "../home/paths.ts";
import { printable } from "../words.ts";
import type { Standing } from "./standing.ts";

/** In the text format of Prometheus. What there is none of is 0: an age since 1970 is an alarm. */
export function metricsText(
	{ host, store }: Agent,
	{ snapshots, newestGood, lastTried, onDisk, ...rest }: Standing,
): string {
	const labels = `{host="${escaped(host.name)}",home="${escaped(store.home)}"}`;
	const isPending = rest.recoveryPending || rest.pendingElsewhere.length > 0;
	const failed = rest.unfit.filter(({ by }) => by !== "create");
	const { lastDrill, lastRun } = rest;
	const secondsOf = (one: { readonly at: string } | undefined) =>
		one === undefined ? 0 : Date.parse(one.at) / 1000;
	const metrics: [name: string, help: string, value: number][] = [
		[
			"newest_good_timestamp_seconds",
			"When the newest complete and undamaged snapshot was made; 0 when there is none.",
			(newestGood?.createdAt.getTime() ?? 0) / 1000,
		],
		["count", "Snapshots in the store.", snapshots.length],
		["store_bytes", "What they take of the disk.", onDisk.bytes],
		[
			"last_drill_timestamp_seconds",
			"When a restore was last drilled; 0 for never.",
			secondsOf(lastDrill),
		],
		[
			"last_drill_ok",
			"Whether that went well.",
			lastDrill?.ok === true ? 1 : 0,
		],
		[
			"last_run_timestamp_seconds",
			"When a scheduled run was last begun; 0 for never.",
			secondsOf(lastRun),
		],
		[
			"last_run_ok",
			"Whether that went well, and nothing is left of those before it.",
			lastRun?.ok === true && lastRun.open === undefined ? 1 : 0,
		],
		[
			"recovery_pending",
			"Whether an interrupted restore waits to be finished.",
			isPending ? 1 : 0,
		],
		[
			"damaged",
			"Snapshots that are known to be damaged, or failed their last verification or drill.",
			rest.damaged.length + failed.length,
		],
		[
			"newest_good_tried_timestamp_seconds",
			"When the newest good one was last verified or drilled; 0 for never.",
			secondsOf(lastTried),
		],
	];
	const lines = metrics.flatMap(([name, help, value]) => [
		`# HELP agent_snapshot_${name} ${help}`,
		`# TYPE agent_snapshot_${name} gauge`,
		`agent_snapshot_${name}${labels} ${value}`,
	]);
	return `${lines.join("\n")}\n`;
}

function escaped(value: string): string {
	return value
		.replaceAll("\\", "\\\\")
		.replaceAll('"', '\\"')
		.replaceAll("\n", "\\n");
}

/**
 * Writes a file that others read all the time: it appears whole or not at all, and never by way of a link. For everybody
 * to read, as it is another user who collects them.
 * @throws SnapshotError `failed`
 */
export function writeForAll({ system }: Agent, path: string, text: string) {
	const { disk, processes } = system;
	const kind = disk.stat(path)?.kind ?? "file";
	if (kind !== "file")
		throw new SnapshotError(
			"failed",
			`${printable(path)} is ${kind === "special" ? "no regular file" : `a ${kind}`}, so no metrics were written. Nothing was changed.`,
			{ hint: "Name another file." },
		);
	const directory = path.includes("/") ? parentOf(path) || "/" : ".";
	// Not ending in ".prom", for which collectors look.
	const temporary = `${directory}/.${nameOf(path)}.${processes.pid}.new`;
	try {
		writeNewForAll(disk, temporary, text);
		disk.rename(temporary, path);
	} catch (error) {
		if (errorCode(error) !== "EEXIST") removeIfThere(disk, temporary);
		if (errorCode(error) !== "ENOENT") throw error;
		throw new SnapshotError(
			"failed",
			`${printable(directory)} is not there, so no metrics were written. Nothing was changed.`,
			{ hint: "Make that directory first." },
		);
	}
}

function writeNewForAll(disk: Disk, path: string, text: string): void {
	removeIfThere(disk, path);
	const file = disk.open(path, "create", 0o600);
	try {
		writeFully(disk, file, Buffer.from(text));
		disk.sync(file);
	} finally {
		disk.close(file);
	}
	disk.setMode(path, 0o644);
}

function removeIfThere(disk: Disk, path: string): void {
	if (disk.stat(path) !== undefined) disk.unlink(path);
}
