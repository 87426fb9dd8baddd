import { errorMessage, SnapshotError } from "../../errors.ts";
import type { Disk, System } from "../../system/system.ts";
import {
	makeDirectories,
	syncDirectory,
	writeDurably,
} from "../files/durable.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { realPath } from "../home/layout.ts";
import { parentOf } from "../home/paths.ts";
import { quoted } from "../words.ts";
import type { InstallStep } from "./installation.ts";

/** What was done, and where that which it replaced is now. */
export interface InstallOutcome {
	readonly kept: readonly string[];
	/** What was tried in vain, and why: see `mayFail`. */
	readonly failures: readonly string[];
}

/** Carries out a plan. @throws SnapshotError `failed`, saying what had been done before */
export async function carryOut(
	system: System,
	known: KnownAgent,
	steps: readonly InstallStep[],
): Promise<InstallOutcome> {
	const kept: string[] = [];
	const done: InstallStep[] = [];
	const failures: string[] = [];
	const stamp = stampOf(system.clock.now());
	for (const step of steps)
		try {
			kept.push(...(await doStep(system, known, step, stamp)));
			done.push(step);
		} catch (error) {
			if (step.do !== "run" || step.mayFail !== true)
				throw stepFailed(stepText(step), error, done.map(stepText));
			failures.push(`${stepText(step)} failed: ${errorMessage(error)}`);
		}
	return { kept, failures };
}

/** Returns what it has put out of the way. */
async function doStep(
	system: System,
	known: KnownAgent,
	step: InstallStep,
	stamp: string,
): Promise<string[]> {
	if (step.do === "run") {
		await runProgram(system, step.command, known.environment);
		return [];
	}
	if (step.do === "remove") return putAside(system, step.path, stamp);
	return write(system, step.path, step.text, stamp);
}

/** @throws Error with the gist of what it complained of */
export async function runProgram(
	{ programs }: System,
	[name = "", ...words]: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): Promise<void> {
	const program = programs.find(name);
	if (program === undefined) throw new Error(`${name} is not on the path`);
	const result = await programs.run([program, ...words], environment);
	if (result.exitCode === 0) return;
	const said = result.problem || result.output.trim() || "it said nothing";
	throw new Error(gistOf(said));
}

/** The line of all that a program says that tells what is wrong; stack traces come before and behind it. */
export function gistOf(said: string): string {
	const lines = said.split("\n").map((line) => line.trim());
	const telling = /error|fail|cannot|can't|already|not found|denied|no such/i;
	const found = lines.find((line) => telling.test(line)) ?? lines.at(-1) ?? "";
	return found.slice(0, 300);
}

/** The new file has the mode of the one that it replaces, which stays beside it. */
function write(
	{ disk }: System,
	named: string,
	text: string,
	stamp: string,
): string[] {
	// People keep their settings elsewhere, and a link to them here.
	const path = realPath(disk, named);
	const before = disk.stat(path);
	makeDirectories(disk, "", parentOf(path) ?? "");
	if (before === undefined) {
		writeDurably(disk, path, text);
		return [];
	}
	if (before.kind !== "file") throw new Error(`${path} is no file`);
	const aside = freePlace(disk, `${path}.before-${stamp}`);
	disk.hardLink(path, aside);
	writeDurably(disk, path, text);
	disk.setMode(path, before.mode);
	return [aside];
}

function putAside({ disk }: System, path: string, stamp: string): string[] {
	const directory = parentOf(path) ?? "";
	// Out of the directory that the agent looks for plugins in.
	const above = parentOf(directory) ?? directory;
	const name = path.slice(directory.length + 1);
	const aside = freePlace(disk, `${above}/.${name}.removed-${stamp}`);
	disk.rename(path, aside);
	syncDirectory(disk, directory);
	return [aside];
}

/** What was put there in the same moment stays. */
function freePlace(disk: Disk, wanted: string): string {
	let place = wanted;
	for (let next = 2; disk.stat(place) !== undefined; next++)
		place = `${wanted}-${next}`;
	return place;
}

/** @param done what had been done before it, as it is shown to people */
export function stepFailed(
	step: string,
	error: unknown,
	done: readonly string[],
	more = "",
): SnapshotError {
	const before =
		done.length === 0
			? "Nothing was changed before it"
			: `Done before it: ${done.join("; ")}`;
	return new SnapshotError(
		"failed",
		`${step} failed: ${errorMessage(error)}. ${before}.`,
		{ hint: `Mend that, and give the command again.${more}` },
	);
}

/** As it is shown to people. */
export function stepText(step: InstallStep): string {
	if (step.do === "run") return step.command.map(quoted).join(" ");
	return `${step.do === "write" ? "write" : "remove"} ${step.path}`;
}

function stampOf(time: Date): string {
	return time.toISOString().replace(/[:.-]/g, "");
}
