import type { Agent } from "../core/home/agent.ts";
import { type Overview, overviewOf } from "../core/home/overview.ts";
import { findUncovered, type Uncovered } from "../core/home/uncovered.ts";
import { waitingSnapshot } from "../core/restore/next-start.ts";
import { scheduleOf } from "../core/schedule/find-schedule.ts";
import { hasLog } from "../core/schedule/run-log.ts";
import { metricsText, writeForAll } from "../core/status/metrics.ts";
import { type Standing, standingOf } from "../core/status/standing.ts";
import { usageError } from "./grammar.ts";
import { type Handler, type Invocation, isChat, textFlag } from "./handler.ts";
import { runningText } from "./hosts.ts";
import { elsewhereText, waitingText } from "./list.ts";
import { EXIT, snapshotData } from "./reply.ts";
import { noticeText } from "./scheduled-notice.ts";
import { scheduleData, scheduleText } from "./status-schedule.ts";
import {
	bytesText,
	countText,
	printable,
	shortened,
	someOf,
	whenText,
} from "./text.ts";

/** After which another drill is due, in milliseconds. */
const DRILL_DUE = 30 * 24 * 60 * 60_000;

/** Changes nothing but the file of `--prometheus`, and waits for nobody. */
export const status: Handler = async (invocation) => {
	const maxAge = maxAgeOf(invocation);
	const file = metricsFileOf(invocation);
	const agent = invocation.agent();
	const { system, store } = agent;
	const waiting = waitingSnapshot(system.disk, store);
	const standing = standingOf(agent);
	const overview = overviewOf(agent);
	const schedule = hasLog(agent) ? await scheduleOf(agent) : undefined;
	const uncovered = findUncovered(agent, invocation.meant);
	const isStale = maxAge !== undefined && isOlder(agent, standing, maxAge);
	if (file !== undefined)
		writeForAll(agent, file, metricsText(agent, standing));
	return {
		exitCode: isStale ? EXIT.stale : EXIT.done,
		text: [
			...noticeText(agent, invocation),
			...pendingText(standing, invocation),
			...waitingText(waiting, invocation),
			...newestText(agent, standing, isStale, invocation),
			...keptText(agent, standing),
			...drillText(agent, standing, invocation),
			...scheduleText(agent, schedule, invocation),
			...uncoveredText(uncovered, invocation),
			agentText(agent, overview),
		].join("\n"),
		data: {
			...standingData(standing),
			schedule: schedule ? scheduleData(agent, schedule) : null,
			stale: isStale,
			atNextStart: waiting ?? null,
			uncovered,
			running: overview.running ?? null,
		},
	};
};

const UNITS: Readonly<Record<string, number>> = {
	m: 60_000,
	h: 60 * 60_000,
	d: 24 * 60 * 60_000,
};

/** What nothing has changed since is as good as one of that moment. */
function isOlder(
	{ system }: Agent,
	{ age, unchangedAt }: Standing,
	most: number,
): boolean {
	if (age === undefined) return true;
	const now = system.clock.now().getTime();
	return Math.min(age, now - (unchangedAt?.getTime() ?? 0)) > most;
}

/** In milliseconds. @throws SnapshotError `usage` */
function maxAgeOf(invocation: Invocation): number | undefined {
	const text = textFlag(invocation, "max-age");
	if (text === undefined) return undefined;
	const [, count = "", unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
	const factor = UNITS[unit];
	if (factor === undefined)
		throw usageError(
			invocation.verb,
			`--max-age needs a number with m, h or d behind it (26h), and ${JSON.stringify(text)} is none.`,
		);
	return Number(count) * factor;
}

/** @throws SnapshotError `usage` */
function metricsFileOf(invocation: Invocation): string | undefined {
	const file = textFlag(invocation, "prometheus");
	if (file === undefined) return undefined;
	const { verb, prefix } = invocation;
	// It may be any file of this user's.
	if (isChat(prefix))
		throw usageError(
			verb,
			"--prometheus writes a file, and is for a terminal.",
		);
	if (file === "" || file.endsWith("/"))
		throw usageError(verb, "--prometheus needs the name of a file.");
	return file;
}

function pendingText(
	{ recoveryPending, pendingElsewhere }: Standing,
	{ prefix }: Invocation,
): string[] {
	return [
		...(recoveryPending
			? [`A restore was interrupted: ${prefix} recover finishes it.`]
			: []),
		...elsewhereText(pendingElsewhere, prefix),
	];
}

function newestText(
	{ system }: Agent,
	{ newestGood, unchangedAt }: Standing,
	isStale: boolean,
	{ prefix }: Invocation,
): string[] {
	if (newestGood === undefined)
		return [
			`No good snapshot${isStale ? " (STALE)" : ""}. Make one with: ${prefix} create [label]`,
		];
	const now = system.clock.now();
	const when = whenText(newestGood.createdAt, now);
	const since =
		unchangedAt === undefined
			? ""
			: ` Nothing had changed since, ${whenText(unchangedAt, now)}.`;
	const stale = isStale ? " STALE: older than it may be." : "";
	return [
		`Newest good snapshot: ${printable(newestGood.id)}, ${when}.${since}${stale}`,
	];
}

function keptText(
	{ store }: Agent,
	{ snapshots, onDisk, damaged, suspect }: Standing,
): string[] {
	const kept = snapshots.reduce((sum, { bytes }) => sum + bytes, 0);
	return [
		`${countText(snapshots.length, "snapshot")} of ${bytesText(kept)} in all, which take ${onDisk.isAll ? "" : "more than "}${bytesText(onDisk.bytes)} of the disk, in ${printable(store.directory)}.`,
		...(suspect.length > 0
			? [
					`Changed since ${suspect.length === 1 ? "it was" : "they were"} made, and maybe damaged: ${someOf([...suspect])}. \`verify\` tells.`,
				]
			: []),
		...(damaged.length > 0
			? [`Damaged, and not to be restored: ${someOf(damaged)}.`]
			: []),
	];
}

function drillText(
	{ system }: Agent,
	{ lastDrill, newestGood }: Standing,
	{ prefix }: Invocation,
): string[] {
	const due = `${prefix} drill`;
	if (lastDrill === undefined)
		return newestGood === undefined
			? []
			: [`Never drilled. Whether a restore would work shows: ${due}`];
	const now = system.clock.now();
	const { at, id, ok, milliseconds, why = "" } = lastDrill;
	const when = whenText(new Date(at), now);
	const isDue = now.getTime() - Date.parse(at) > DRILL_DUE;
	const again = isDue ? ` More than 30 days ago; again: ${due}` : "";
	return [
		ok
			? `Last drill: ${when}, of ${printable(id)}, passed in ${(milliseconds / 1000).toFixed(1)} s.${again}`
			: `Last drill FAILED: ${when}, of ${printable(id)}: ${shortened(printable(why), 300)}.${again}`,
	];
}

function uncoveredText(
	{ databases, secrets }: Uncovered,
	{ prefix }: Invocation,
): string[] {
	const found = [...databases, ...secrets];
	return found.length === 0
		? []
		: [`In no snapshot: ${someOf(found)}. More: ${prefix} doctor`];
}

function agentText(
	{ host }: Agent,
	{ files, bytes, running }: Overview,
): string {
	return `${host.title} has ${countText(files, "file")} of ${bytesText(bytes)} to keep. Running: ${runningText(running)}.`;
}

function standingData(standing: Standing): Record<string, unknown> {
	const { newestGood, age, snapshots, onDisk, lastDrill } = standing;
	return {
		newest: newestGood === undefined ? null : snapshotData(newestGood),
		ageSeconds: age === undefined ? null : Math.floor(age / 1000),
		unchangedAt: standing.unchangedAt?.toISOString() ?? null,
		total: snapshots.length,
		bytes: snapshots.reduce((sum, { bytes }) => sum + bytes, 0),
		onDisk: onDisk.isAll ? onDisk.bytes : null,
		damaged: standing.damaged,
		suspect: standing.suspect,
		lastDrill: lastDrill ?? null,
		lastRun: standing.lastRun ?? null,
		recoveryPending: standing.recoveryPending,
		pendingElsewhere: standing.pendingElsewhere,
	};
}
