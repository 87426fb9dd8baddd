import { reasonIn, SnapshotError } from "../../errors.ts";
import { type CreateOutcome, createSnapshot } from "../create/create.ts";
import { drillSnapshot } from "../drill/drill.ts";
import { readDrills } from "../drill/drills.ts";
import type { Agent } from "../home/agent.ts";
import type { Places } from "../home/layout.ts";
import { whyFailed } from "../reasons.ts";
import { whyNotDone } from "../update/why-not-done.ts";
import { bytesText, someOf } from "../words.ts";
import type { StepDone } from "./run-log.ts";
import { lastSunday } from "./time-of-night.ts";

/** What a scheduled run does, one after the other: one that fails keeps none of the others from being tried. */
export interface Step {
	readonly name: string;
	/** Undefined: it is not due. @throws what it failed of */
	readonly work: () => Promise<Pick<StepDone, "what" | "id"> | undefined>;
}

export interface StepsWanted {
	readonly weeklyDrill: boolean;
	readonly places: Places;
	/** What the core knows nothing of, behind its own. */
	readonly more: readonly Step[];
}

export function stepsOf(
	agent: Agent,
	{ weeklyDrill, places, more }: StepsWanted,
): Step[] {
	return [
		{ name: "snapshot", work: () => takeSnapshot(agent) },
		...(weeklyDrill
			? [{ name: "drill", work: () => drillIfDue(agent, places) }]
			: []),
		...more,
	];
}

export interface Done extends StepDone {
	/** What was thrown, where that is known. */
	readonly cause?: unknown;
}

export interface AllDone {
	readonly done: readonly Done[];
	/** The names of those that it came to, also of those that were not due. */
	readonly tried: readonly string[];
}

/** One after the other. A fault of ours is noted as any other: what nobody hears of is worse. */
export async function doSteps(
	{ patience }: Agent,
	steps: readonly Step[],
): Promise<AllDone> {
	const done: Done[] = [];
	const tried: string[] = [];
	for (const { name: step, work } of steps) {
		if (done.length > 0 && patience.signal.aborted) break;
		tried.push(step);
		try {
			const result = await work();
			if (result !== undefined) done.push({ step, ok: true, ...result });
		} catch (cause) {
			done.push({ step, ok: false, what: whyIn(cause), cause });
		}
	}
	return { done, tried };
}

async function takeSnapshot(agent: Agent) {
	const outcome = await createSnapshot(agent, {
		label: null,
		reason: "scheduled",
		force: false,
	});
	const { created, snapshot, missed } = outcome;
	const lost = missed.filter((one) => one.lost).map(({ path }) => path);
	if (lost.length > 0)
		throw new SnapshotError(
			"failed",
			`${snapshot.id} is incomplete: it lacks ${someOf(lost)}.`,
			{ hint: "Mend that, and create another." },
		);
	const { id } = snapshot;
	const name = `${id} (${bytesText(snapshot.bytes)})`;
	const done = created ? name : `nothing has changed since ${name}`;
	return { id, what: [done, ...besides(outcome)].join("; ") };
}

function besides(outcome: CreateOutcome): string[] {
	const { pruned, recoveryBlocked, blockedElsewhere } = outcome;
	const isWaiting = recoveryBlocked || blockedElsewhere.length > 0;
	const old = pruned && "removed" in pruned ? pruned.removed.length : 0;
	return [
		...(old > 0 ? [`removed ${old} old`] : []),
		...(pruned && "problem" in pruned
			? [`old ones could not be removed: ${pruned.problem}`]
			: []),
		...(isWaiting
			? ["an interrupted restore waits to be settled by `recover`"]
			: []),
	];
}

/** There was none that went well since the last Sunday began; before the first one it is due at once. */
function isDrillDue(agent: Agent): boolean {
	const sunday = lastSunday(agent.system.clock.now()).getTime();
	return !readDrills(agent).some(
		({ at, ok }) => ok && Date.parse(at) >= sunday,
	);
}

async function drillIfDue(agent: Agent, places: Places) {
	if (!isDrillDue(agent)) return undefined;
	const request = { ref: "latest", start: undefined, places };
	const { drill: done } = await drillSnapshot(agent, request);
	const { id } = done;
	if (done.ok) return { id, what: `${id} came back whole` };
	throw new SnapshotError(
		"damaged",
		`The drill of ${id} failed: ${done.why ?? ""}.`,
		{ hint: "Look at the others: `verify`" },
	);
}

/** Without advice: whoever reads it later finds things otherwise. */
function whyIn(cause: unknown): string {
	const isKnown = cause instanceof SnapshotError;
	if (isKnown && cause.code === "interrupted") return "it was interrupted";
	const why = isKnown ? cause.message : (whyNotDone(cause) ?? whyFailed(cause));
	return reasonIn(why);
}
