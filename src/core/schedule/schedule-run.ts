import { errorCode, SnapshotError } from "../../errors.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { whyFailed } from "../reasons.ts";
import { maskText } from "../secrets/secrets.ts";
import { giveToOwner } from "../store/store.ts";
import { lowBattery } from "./battery.ts";
import { lateness, type Occasion, whyNotDue } from "./due.ts";
import { noteRun, type Run, readRuns, type StepDone } from "./run-log.ts";
import { type Done, doSteps, type StepsWanted, stepsOf } from "./run-steps.ts";
import { type Listeners, tellEnd, tellStart } from "./tell-outcome.ts";

export interface RunWanted extends StepsWanted, Occasion {}

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
		const runs = unlessFailed<readonly Run[]>([], () => readRuns(agent));
		const skipped = whyNotDue(runs, wanted, agent.system.clock.now());
		if (skipped !== undefined) return { skipped };
		return await run(agent, known, wanted);
	} finally {
		release();
	}
}

async function run(
	agent: Agent,
	known: KnownAgent,
	wanted: RunWanted,
): Promise<RunOutcome> {
	const { system } = agent;
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
	const done = await doSteps(agent, stepsOf(agent, wanted));
	const milliseconds = Math.round(system.clock.monotonic() - started);
	const ok = done.every((step) => step.ok);
	const steps = done.map(asNoted);
	const result = await noted(agent, { ...head, milliseconds, ok, steps });
	const what = steps
		.filter((step) => ok || !step.ok)
		.map((one) => `${one.step}: ${one.what}.`)
		.join("\n");
	const untold = await tellEnd(system, known, listeners, { ok, what, at });
	if (untold.length === 0) return { run: result, done };
	const notes = [...(result.notes ?? []), ...untold];
	return { run: await noted(agent, { ...result, notes }), done };
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
function beside({ ifDue }: Occasion): RunOutcome {
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
