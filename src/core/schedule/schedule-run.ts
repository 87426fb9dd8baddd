import { errorCode, SnapshotError } from "../../errors.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { whyFailed } from "../reasons.ts";
import { maskText } from "../secrets/secrets.ts";
import { giveToOwner } from "../store/store.ts";
import { lowBattery } from "./battery.ts";
import { lateness, type Occasion, whyNotDue } from "./due.ts";
import { noteRun, type Run, readRuns } from "./run-log.ts";
import { type Done, doSteps, type StepsWanted, stepsOf } from "./run-steps.ts";
import { tellEnd, tellStart } from "./tell-outcome.ts";

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
	try {
		const skipped = whyNotDue(
			readRuns(agent),
			wanted,
			agent.system.clock.now(),
		);
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
	const started = system.clock.monotonic();
	const at = begun.toISOString();
	const late = lateness(begun, wanted.time);
	const took = () => ({
		at,
		...(late !== undefined && { late }),
		milliseconds: Math.round(system.clock.monotonic() - started),
	});
	const level = lowBattery(system.disk);
	if (level !== undefined) {
		const putOff = `the battery is at ${level} %`;
		const put: Run = { ...took(), steps: [], putOff };
		return { run: await noted(agent, put), done: [] };
	}
	const { schedule: listeners = {} } = settingsOrDefaults(agent);
	await tellStart(system, listeners);
	const done = await doSteps(agent, stepsOf(agent, wanted));
	const ok = done.every((step) => step.ok);
	const steps = done.map(({ step, ok, what }) => ({
		step,
		ok,
		what: maskText(what).slice(0, LONGEST),
	}));
	const result = await noted(agent, { ...took(), ok, steps });
	const what = steps
		.filter((step) => ok || !step.ok)
		.map((one) => `${one.step}: ${one.what}.`)
		.join("\n");
	const untold = await tellEnd(system, known, listeners, { ok, what, at });
	if (untold.length === 0) return { run: result, done };
	const notes = [...(result.notes ?? []), ...untold];
	return { run: await noted(agent, { ...result, notes }), done };
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

/** A file of its own: the lock of the store is for each of its steps. Where there is no store, the first step makes it. */
function takeTurn({ system, store }: Agent): () => void {
	const { disk, sqlite } = system;
	if (disk.stat(store.directory)?.kind !== "directory") return () => {};
	// Never write through a link.
	if (disk.stat(store.runLock)?.kind === "link") disk.unlink(store.runLock);
	const release = sqlite.tryLock(store.runLock);
	if (release === undefined)
		throw new SnapshotError(
			"locked",
			"Another scheduled run is at work here. Nothing was changed.",
			{ hint: "It does what this one would have done." },
		);
	const home = disk.stat(store.home);
	if (home !== undefined) giveToOwner(system, store.runLock, home);
	return release;
}
