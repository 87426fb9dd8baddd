import { errorCode, SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { blockIn } from "./crontab.ts";
import { readCrontab } from "./crontab-access.ts";
import { whyNotDue } from "./due.ts";
import { readRuns, scheduledSince } from "./run-log.ts";
import { everyScheduler, filesOf, type Scheduler } from "./scheduler.ts";
import {
	nextAtMinute,
	nextTime,
	parseTime,
	type TimeOfNight,
} from "./time-of-night.ts";
import { noteIn, type TimerNote, timerName } from "./timer.ts";

/** A schedule of one home that is there. */
export interface Schedule {
	readonly name: string;
	readonly scheduler: Scheduler;
	/** By path; of cron its block, by "". */
	readonly texts: ReadonlyMap<string, string>;
	readonly note: TimerNote;
	readonly time: TimeOfNight;
	/** What it starts is gone, so it cannot: an update of Node, say. */
	readonly missing: string | undefined;
}

/** Far more than any of these has, in bytes. */
const LIMIT = 1024 * 1024;

/**
 * Those of this home: more than one where the machine has got another scheduler since.
 * @throws SnapshotError `failed` when cron does not tell
 */
export async function findSchedules(agent: Agent): Promise<Schedule[]> {
	const { system } = agent;
	const name = timerName(agent);
	const found: Schedule[] = [];
	for (const scheduler of await everyScheduler(system)) {
		const texts = await textsOf(system, scheduler, name);
		const [note] = [...texts.values()].flatMap((text) => noteIn(text) ?? []);
		const time = note && parseTime(note.nightly);
		if (note === undefined || time === undefined) continue;
		const missing = [note.node, note.cli].find(
			(path) => !isThere(system, path),
		);
		found.push({ name, scheduler, texts, note, time, missing });
	}
	return found;
}

/** For who only wants to know what is to be expected: cron that does not tell is none. */
export async function scheduleOf(agent: Agent): Promise<Schedule | undefined> {
	try {
		const [found] = await findSchedules(agent);
		return found;
	} catch (error) {
		if (!(error instanceof SnapshotError)) throw error;
		return undefined;
	}
}

/** When it is next begun, or up to a quarter of an hour later. */
export function nextRun(
	agent: Agent,
	{ scheduler, time, texts, note }: Schedule,
): Date {
	const now = agent.system.clock.now();
	const next = nextTime(now, time);
	if (scheduler.kind === "systemd") return next;
	// Those are asked every hour.
	const steps = [
		"snapshot",
		...(note.weeklyDrill ? ["drill"] : []),
		...(note.push ? ["push"] : []),
	];
	const since = scheduledSince(agent);
	const occasion = { time, ifDue: true, steps, since };
	const isDue = whyNotDue(readRuns(agent), occasion, now) === undefined;
	const [text = ""] = texts.values();
	const minute =
		/^(\d+) \* \* \* \* /m.exec(text) ?? /<integer>(\d+)</.exec(text);
	return nextAtMinute(isDue ? now : next, Number(minute?.[1] ?? time.minute));
}

async function textsOf(
	system: System,
	scheduler: Scheduler,
	name: string,
): Promise<Map<string, string>> {
	if (scheduler.kind === "cron") {
		const block = blockIn(await readCrontab(system), name);
		return new Map(block === undefined ? [] : [["", block]]);
	}
	const texts = new Map<string, string>();
	for (const path of filesOf(scheduler, name)) {
		const text = textAt(system, path);
		if (text !== undefined) texts.set(path, text);
	}
	return texts;
}

/** Undefined: there is none, or it is no file of ours. */
export function textAt({ disk }: System, path: string): string | undefined {
	try {
		return disk.stat(path)?.kind === "file"
			? readText(disk, path, LIMIT)
			: undefined;
	} catch (error) {
		if (!["ENOTDIR", "EACCES", "EFBIG"].includes(errorCode(error) ?? ""))
			throw error;
		return undefined;
	}
}

function isThere({ disk }: System, path: string): boolean {
	try {
		return disk.stat(disk.realPath(path)) !== undefined;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return false;
	}
}
