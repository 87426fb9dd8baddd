import { type Agent, settingsOrDefaults } from "../core/home/agent.ts";
import { overviewOf } from "../core/home/overview.ts";
import { findUncovered } from "../core/home/uncovered.ts";
import { waitingSnapshot } from "../core/restore/next-start.ts";
import { scheduleOf } from "../core/schedule/find-schedule.ts";
import { hasLog } from "../core/schedule/last-failure.ts";
import { metricsText, writeForAll } from "../core/status/metrics.ts";
import { type Standing, standingOf } from "../core/status/standing.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	isChat,
	textFlag,
} from "./call/handler.ts";
import { EXIT, snapshotData } from "./call/reply.ts";
import { waitingText } from "./list.ts";
import { scheduleData, scheduleText } from "./status/status-schedule.ts";
import {
	agentText,
	drillText,
	keptText,
	newestText,
	pendingText,
	uncoveredText,
	unfitText,
} from "./status/status-text.ts";
import { noticeText } from "./text/scheduled-notice.ts";

/** Changes nothing but the file of `--prometheus`, and waits for nobody. */
export const status: Handler = async (invocation) => {
	const maxAge = maxAgeOf(invocation);
	const file = metricsFileOf(invocation);
	const agent = invocation.agent();
	const { system, store } = agent;
	const waiting = waitingSnapshot(system.disk, store);
	const standing = standingOf(agent);
	const overview = overviewOf(agent);
	const schedule = hasLog(system.disk, store)
		? await scheduleOf(agent)
		: undefined;
	const uncovered = findUncovered(agent, invocation.meant);
	const isStale = maxAge !== undefined && isOlder(agent, standing, maxAge);
	const remotes = await remotesKnown(agent, invocation.terminal);
	if (file !== undefined)
		writeForAll(agent, file, metricsText(agent, standing));
	return {
		exitCode: isStale ? EXIT.stale : EXIT.done,
		text: [
			...noticeText(agent, invocation),
			...pendingText(standing, invocation),
			...waitingText(waiting, invocation),
			...newestText(agent, standing, isStale, invocation),
			...unfitText(agent, standing),
			...keptText(agent, standing),
			...drillText(agent, standing, invocation),
			...(schedule ? scheduleText(agent, schedule, invocation) : []),
			...(remotes ? [remotes.text] : []),
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
			remotes: remotes?.data ?? [],
		},
	};
};

/** Undefined: nothing is kept elsewhere, as with most. */
async function remotesKnown(agent: Agent, terminal: string) {
	const { remotes = {} } = settingsOrDefaults(agent);
	if (Object.keys(remotes).length === 0) return undefined;
	const { remoteStatus } = await import("./status/remote-status.ts");
	return remoteStatus(agent, remotes, terminal);
}

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
		unfit: standing.unfit.map((one) => ({ ...one, why: one.why ?? null })),
		lastTried: standing.lastTried ?? null,
		lastDrill: lastDrill ?? null,
		lastRun: standing.lastRun ?? null,
		recoveryPending: standing.recoveryPending,
		pendingElsewhere: standing.pendingElsewhere,
	};
}
