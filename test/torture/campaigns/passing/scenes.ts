import type { CallNumber } from "../../strace.ts";
import { isPending } from "../kill/aftermath.ts";
import type { TracedCall } from "../kill/hurt-at.ts";
import { startHeld } from "../races/stopped.ts";
import type { Change } from "./homes.ts";
import type { PassingAgent } from "./passing-agent.ts";
import {
	agentOf,
	type Cast,
	castOf,
	type Draw,
	freshHome,
	type Stage,
	trialOf,
} from "./stage.ts";
import { drawCall } from "./templates.ts";
import { noneDone, type Trial } from "./trial.ts";

const RESTORES = 3;
/** How long a command is held for an agent that may be waiting for its locks, in milliseconds. */
const HELD = 600;

/** Restores, one after the other, beside one agent. */
export async function restoreBeside(
	stage: Stage,
	draw: Draw,
	change: Change,
	dir: string,
): Promise<string[]> {
	const cast = await castOf(stage, draw, [change], dir);
	freshHome(cast);
	const trial = trialOf(stage, cast);
	// Where there is nothing yet, it comes while the restore is at work.
	const agent = agentOf(
		cast,
		trial,
		draw,
		change === "made" ? "late" : "at once",
	);
	agent.start();
	try {
		for (
			let turn = change === "made" ? RESTORES : 1;
			turn <= RESTORES;
			turn++
		) {
			if (change !== "made") await agent.goesOn(1 + cast.chance.below(12));
			await trial.ask(agent, ["restore", cast.passed.snapshot]);
		}
		await agent.goesOn(2);
		const told = [...trial.answers];
		stage.tally.add(draw.scene, trial);
		const isPromised = draw.mode === "wal" && change === "replaced";
		const shown = isPromised ? noneDone(told) : [];
		return [...(await trial.settle(agent)), ...shown];
	} finally {
		await agent.end();
	}
}

/** The recovery of a restore that was killed, and if it is refused a way out, with an agent that comes meanwhile. */
export async function recoverBeside(
	stage: Stage,
	draw: Draw,
	dir: string,
): Promise<string[]> {
	const cast = await castOf(stage, draw, ANY, dir);
	const { call, trial } = await crashed(stage, cast);
	const agent = agentOf(cast, trial, draw, "late");
	agent.start();
	try {
		await trial.ask(agent, ["recover"]);
		await takeWayOut(trial, agent);
		stage.tally.add(draw.scene, trial);
		await agent.goesOn(2);
		return behind(`killed before ${call.line}`, await trial.settle(agent));
	} finally {
		await agent.end();
	}
}

/** A command that is held after one call on the database or the journal, until an agent has written in between. */
export async function heldBeside(
	stage: Stage,
	draw: Draw,
	verb: "restore" | "recover",
	changes: readonly Change[],
	dir: string,
): Promise<string[]> {
	const cast = await castOf(stage, draw, changes, dir);
	const { passed, chance } = cast;
	const [killed, window] = await drawWindow(stage, cast, verb);
	const isThereBefore = verb === "restore" && chance.oneIn(2);
	const about = [
		...(killed === undefined ? [] : [`killed before ${killed.line}`]),
		`held after ${window.line}, the ${window.occurrence}.`,
	].join("; ");
	// Beside one that is there already not every call is made; without it all is as it was when it was traced.
	for (const isBefore of isThereBefore ? [true, false] : [false]) {
		if (killed === undefined) freshHome(cast);
		else await stage.templates.crash(passed, killed, () => freshHome(cast));
		const trial = trialOf(stage, cast);
		const agent = agentOf(cast, trial, draw, "at once");
		try {
			if (isBefore) {
				agent.start();
				await agent.goesOn(1 + chance.below(3));
			}
			const words = verb === "recover" ? [verb] : [verb, passed.snapshot];
			if (!(await askHeld(trial, agent, words, window))) continue;
			stage.tally.add(draw.scene, trial);
			await takeWayOut(trial, agent);
			await agent.goesOn(2);
			return behind(about, await trial.settle(agent));
		} finally {
			await agent.end();
		}
	}
	return [`${about}: did not come there`];
}

const ANY: readonly Change[] = ["replaced", "replaced", "made", "removed"];

async function crashed(
	stage: Stage,
	cast: Cast,
): Promise<{ call: TracedCall; trial: Trial }> {
	const { templates } = stage;
	const call = drawCall(cast.chance, await templates.halfWays(cast.passed));
	await templates.crash(cast.passed, call, () => freshHome(cast));
	const trial = trialOf(stage, cast);
	if (!isPending(trial)) throw new Error(`nothing pending: ${call.line}`);
	return { call, trial };
}

/** Where a restore is killed first, if it is its recovery that is held, and where that is. */
async function drawWindow(
	{ templates }: Stage,
	{ passed, chance }: Cast,
	verb: "restore" | "recover",
): Promise<[TracedCall | undefined, TracedCall]> {
	if (verb === "restore")
		return [undefined, drawCall(chance, await templates.windows(passed))];
	const halfWays = await templates.halfWays(passed);
	for (;;) {
		const killed = drawCall(chance, halfWays);
		const windows = await templates.windows(passed, killed);
		// Nothing is left to do with the database for one that died late.
		if (windows.length > 0) return [killed, drawCall(chance, windows)];
	}
}

/** False: it ended without coming to that call. */
async function askHeld(
	trial: Trial,
	agent: PassingAgent,
	words: readonly string[],
	{ name, place, occurrence, line }: TracedCall,
): Promise<boolean> {
	const { subject, home } = trial;
	// strace finds a rename by what it moves.
	const [, moved] = /^rename\("[^"]*\/home\/([^"]*)"/.exec(line) ?? [];
	const on = `${home}/${moved ?? place}`;
	const call: CallNumber = { name, ordinal: occurrence, on };
	let wasHeld = false;
	await trial.ask(agent, words, async () => {
		const { answer, stopped } = startHeld(subject, home, words, call);
		const held = await stopped;
		if (held === undefined) return answer;
		wasHeld = true;
		agent.start();
		await agent.goesOn(1 + trial.chance.below(3), HELD);
		held.go();
		return answer;
	});
	return wasHeld;
}

/** What a person would do whom `recover` asked which way to go. */
async function takeWayOut(trial: Trial, agent: PassingAgent): Promise<void> {
	const way = trial.chance.pick(["--finish", "--back"]);
	if (isPending(trial)) await trial.ask(agent, ["recover", way]);
}

function behind(about: string, faults: readonly string[]): string[] {
	return faults.length === 0 ? [] : [about, ...faults];
}
