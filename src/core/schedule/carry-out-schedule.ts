import {
	makeDirectories,
	syncDirectory,
	writeDurably,
} from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { isWithin, parentOf } from "../home/paths.ts";
import { runProgram, stepFailed } from "../install/install.ts";
import { giveToOwner, prepareStore } from "../store/store.ts";
import { quoted } from "../words.ts";
import { withBlock, withoutBlock } from "./crontab.ts";
import { readCrontab, writeCrontab } from "./crontab-access.ts";
import type { ScheduleStep } from "./scheduler-steps.ts";

/** Carries out a plan. @throws SnapshotError `failed`, saying what had been done before */
export async function carryOutSchedule(
	agent: Agent,
	steps: readonly ScheduleStep[],
): Promise<void> {
	const done: ScheduleStep[] = [];
	for (const step of steps)
		try {
			await doStep(agent, step);
			done.push(step);
		} catch (error) {
			if (step.do === "run" && step.mayFail === true) continue;
			throw stepFailed(
				stepText(step),
				error,
				done.map(stepText),
				" `schedule remove` takes away what was done.",
			);
		}
}

/** As it is shown to people. */
export function stepText(step: ScheduleStep): string {
	if (step.do === "run") return step.command.map(quoted).join(" ");
	if (step.do === "crontab")
		return step.block === undefined
			? `take the block ${step.name} out of your crontab`
			: `put the block ${step.name} into your crontab`;
	return `${step.do === "write" ? "write" : "remove"} ${step.path}`;
}

/** What it writes. */
export function stepContent(step: ScheduleStep): string {
	if (step.do === "write") return step.shown ?? step.text;
	return step.do === "crontab" ? (step.block ?? "") : "";
}

async function doStep(agent: Agent, step: ScheduleStep): Promise<void> {
	const { system } = agent;
	if (step.do === "run") return runProgram(system, step.command);
	if (step.do === "write") return write(agent, step);
	if (step.do === "remove") {
		if (system.disk.stat(step.path) === undefined) return;
		system.disk.unlink(step.path);
		return syncDirectory(system.disk, parentOf(step.path) ?? "");
	}
	const { name, block } = step;
	// As it is now: a person may have written to it since it was shown.
	const text = await readCrontab(system);
	const changed =
		block === undefined
			? withoutBlock(text, name)
			: withBlock(text, name, block);
	if (changed !== text) await writeCrontab(system, changed);
}

/** What lies in the home belongs to whom that does. */
function write(
	{ system, store }: Agent,
	{ path, text, mode }: Extract<ScheduleStep, { do: "write" }>,
): void {
	const { disk } = system;
	if (isWithin(path, store.directory)) prepareStore(system, store);
	makeDirectories(disk, "", parentOf(path) ?? "");
	writeDurably(disk, path, text);
	disk.setMode(path, mode);
	const home = disk.stat(store.home);
	if (home !== undefined && isWithin(path, store.home))
		giveToOwner(system, path, home);
}
