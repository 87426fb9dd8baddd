import { errorCode, SnapshotError } from "../../errors.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { whyFailed } from "../reasons.ts";
import { maskText } from "../secrets/secrets.ts";
import { giveToOwner } from "../store/store.ts";
import { lowBattery } from "./battery.ts";
import { lateness, type Occasion, whyNotDue } from "./due.ts";
import { openSteps } from "./last-failure.ts";
import { openAfter } from "./open-steps.ts";
import {
	noteRun,
	type Run,
	readRuns,
	type StepDone,
	scheduledSince,
} from "./run-log.ts";
import {
	type Done,
	doSteps,
	type Step,
	type StepsWanted,
	stepsOf,
} from "./run-steps.ts";
import {
	type Listeners,
	type Outcome,
	tellEnd,
	tellStart,
} from "./tell-outcome.ts";

export interface RunWanted
	extends StepsWanted,
		Pick<Occasion, "time" | "ifDue"> {}

export type RunOutcome =
	/** In the words shown to people. */
	| { readonly skipped: string }
	| { readonly run: Run; readonly done: readonly Done[] };

/** Characters of what is noted of a step. */
const LONGEST = 2_000;

/**
 * What timers call: a snapshot, and what else is due; what it came to is noted and told.
 * @throws SnapshotError `locked` when another one is at work
 */
export async function runSchedule(
	agent: Agent,
	known: KnownAgent,
	wanted: RunWanted,
): Promise<RunOutcome> {
	const release = takeTurn(agent);
	if (release === undefined) return beside(wanted);
	try {
		const steps = stepsOf(agent, wanted);
		const skipped = whySkipped(agent, wanted, steps);
		if (skipped !== undefined) return { skipped };
		return await run(agent, known, wanted, steps);
	} finally {
		release();
	}
}

function whySkipped(
	agent: Agent,
	{ time, ifDue }: RunWanted,
	steps: readonly Step[],
): string | undefined {
	const runs = unlessFailed<readonly Run[]>([], () => readRuns(agent));
	const since = unlessFailed<Date | undefined>(undefined, () =>
		scheduledSince(agent),
	);
	const occasion = { time, ifDue, steps: steps.map(({ name }) => name), since };
	return whyNotDue(runs, occasion, agent.system.clock.now());
}

async function run(
	agent: Agent,
	known: KnownAgent,
	wanted: RunWanted,
	asked: readonly Step[],
): Promise<RunOutcome> {
	const { system, store } = agent;
	const begun = system.clock.now();
	const at = begun.toISOString();
	const late = lateness(begun, wanted.time);
	const head = { at, ...(late !== undefined && { late }) };
	const level = lowBattery(system.disk);
	if (level !== undefined) {
		const putOff = `the battery is at ${level} %`;
		const nothing = { ...head, milliseconds: 0, steps: [], putOff };
		return { run: await noted(agent, nothing), done: [] };
	}
	const listeners = listenersOf(agent);
	await tellStart(system, listeners);
	const started = system.clock.monotonic();
	const { done, tried } = await doSteps(agent, asked);
	const milliseconds = Math.round(system.clock.monotonic() - started);
	const ok = done.every((step) => step.ok);
	const steps = done.map(asNoted);
	const before = openSteps(system.disk, store);
	const names = asked.map(({ name }) => name);
	const open = openAfter(before, { asked: names, tried });
	const body = { milliseconds, ok, steps, tried: [...tried] };
	const result = await noted(agent, {
		...{ ...head, ...body },
		...(open.length > 0 && { open }),
	});
	const untold = await tellEnd(system, known, listeners, outcomeOf(result));
	if (untold.length === 0) return { run: result, done };
	const notes = [...(result.notes ?? []), ...untold];
	return { run: await noted(agent, { ...result, notes }), done };
}

/** Nobody is told that all is well while something is not. */
function outcomeOf({ at, ok = false, steps, open = [] }: Run): Outcome {
	const own = steps
		.filter((step) => ok || !step.ok)
		.map(({ step, what }) => `${step}: ${what}.`);
	const still = open.map(
		({ at, step, what }) => `Since ${at} ${step}: ${what}.`,
	);
	const what = [...own, ...still].join("\n");
	return { at, ok, isAllWell: ok && open.length === 0, what };
}

function listenersOf(agent: Agent): Listeners {
	const read = () => settingsOrDefaults(agent).schedule ?? {};
	return unlessFailed<Listeners>({}, read);
}

function asNoted({ cause: _, ...step }: Done): StepDone {
	return { ...step, what: maskText(step.what).slice(0, LONGEST) };
}

/** Not where there is no store yet: nothing of the agent may be there. A full disk must not keep it from being told. */
async function noted(agent: Agent, run: Run): Promise<Run> {
	const { system, store } = agent;
	if (system.disk.stat(store.directory)?.kind !== "directory") return run;
	try {
		await noteRun(agent, run);
		return run;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		const note = `It could not be noted in ${store.log}: ${whyFailed(error)}`;
		return { ...run, notes: [...(run.notes ?? []), note] };
	}
}

/** Who is asked every hour may still be at last hour's. */
function beside({ ifDue }: Pick<Occasion, "ifDue">): RunOutcome {
	if (ifDue) return { skipped: "another one is at work" };
	throw new SnapshotError(
		"locked",
		"Another scheduled run is at work here. Nothing was changed.",
		{ hint: "It does what this one would have done." },
	);
}

/**
 * A file of its own, as the lock of the store is for each of the steps. Where there is no store yet, and where none can be
 * had, it goes on without: who is to be told of a broken disk has to be told. Undefined: another one has it.
 */
function takeTurn({ system, store }: Agent): (() => void) | undefined {
	const { disk, sqlite } = system;
	const none = () => {};
	return unlessFailed<(() => void) | undefined>(none, () => {
		if (disk.stat(store.directory)?.kind !== "directory") return none;
		// Never write through a link.
		if (disk.stat(store.runLock)?.kind === "link") disk.unlink(store.runLock);
		const release = sqlite.tryLock(store.runLock);
		const home = disk.stat(store.home);
		if (release !== undefined && home !== undefined)
			giveToOwner(system, store.runLock, home);
		return release;
	});
}

/** What a disk refuses keeps nobody from being told. */
function unlessFailed<T>(otherwise: T, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return otherwise;
	}
}
