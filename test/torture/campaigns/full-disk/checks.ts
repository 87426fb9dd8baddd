import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { type Ran, runSubject } from "../../disk-commands.ts";
import { storeOf } from "../../store-check.ts";
import { hasJournal, type Stage, type Undisturbed } from "./scenes.ts";

/** What a command said of itself. */
export type Told = "done" | "incomplete" | "refused" | "half-way" | "nothing";

export interface Telling {
	readonly told: Told;
	/** What a person should not have to read. */
	readonly faults: readonly string[];
}

/** Reads exit code and sentence. The original has no more than an exit code to be held to. */
export function tellingOf(ran: Ran): Telling {
	const { code, signal, reply, stdout, stderr } = ran;
	if (code === 0) return { told: "done", faults: [] };
	if (code === null)
		return { told: "nothing", faults: [`it was ended by ${signal}`] };
	if (reply === undefined) {
		const isOurs = stdout.startsWith("{") || stderr !== "";
		return { told: "refused", faults: isOurs ? [] : ["it said nothing"] };
	}
	const { text, error } = reply;
	// Made, and it names what it lacks: allowed, as long as nothing older had to go for it.
	if (code === 3 && error?.code === "incomplete" && /INCOMPLETE/.test(text))
		return { told: "incomplete", faults: [] };
	const isHalfWay = /stopped half-way|could not be finished/.test(text);
	const saysWhatChanged =
		isHalfWay || /Nothing (in the agent's home )?was changed/.test(text);
	const faults = [
		...(error === undefined ? ["it failed without an error"] : []),
		...(error?.code === "bug" || code === 70 ? ["it calls that a bug"] : []),
		...(saysWhatChanged ? [] : ["it does not say whether anything changed"]),
		...(stderr === "" ? [] : [`it printed: ${stderr}`]),
	];
	const told = isHalfWay ? "half-way" : "refused";
	const quoted = faults.map((fault) => `${fault}: ${code} ${text}`);
	return { told, faults: quoted };
}

/** Whether home and store are what the command said, and become old or new once there is room. */
export async function faultsAfter(
	stage: Stage,
	{ told }: Telling,
	wanted: Undisturbed,
	giveRoom: () => void,
): Promise<string[]> {
	const { before, home } = stage;
	const faults: string[] = [];
	const now = record(home);
	if (told === "done") faults.push(...difference(wanted.after, now));
	else if (told === "refused" || told === "incomplete")
		faults.push(...difference(before, now));
	else faults.push(...neither(before, wanted.after, now));
	if (
		told !== "half-way" &&
		stage.scene.killed === undefined &&
		hasJournal(home)
	)
		faults.push("it left a journal and did not say that it is half-way");
	faults.push(...storeFaults(stage, told, wanted));
	giveRoom();
	const isOpen = told === "half-way" || told === "nothing";
	if (isOpen || stage.scene.killed !== undefined)
		faults.push(...(await faultsOfRecovery(stage, wanted)));
	return [...faults, ...(await faultsOfNextCreate(stage))];
}

/** `recover` must end in the old or the new state; when it is the command itself, in the new one. The original has none. */
export async function faultsOfRecovery(
	{ scene, home, before }: Stage,
	{ after }: Undisturbed,
): Promise<string[]> {
	if (scene.subject.name === "ours") {
		const ran = await runSubject(scene.subject, home, ["recover"]);
		if (ran.code !== 0) return [`recover fails: ${ran.stdout}${ran.stderr}`];
	}
	const now = record(home);
	const fromNew = difference(after, now);
	const isOld =
		scene.killed === undefined && difference(before, now).length === 0;
	if (isOld || fromNew.length === 0) return [];
	return ["after recover it is neither old nor new:", ...fromNew];
}

/** Every snapshot of before is whole and listed, unless it was to be pruned. */
export function storeFaults(
	{ home, storeBefore }: Stage,
	told: Told,
	{ storeAfter }: Undisturbed,
): string[] {
	const now = storeOf(home);
	const faults = [...now.faults];
	for (const [id, manifest] of storeBefore.snapshots) {
		const found = now.snapshots.get(id);
		const mayGo = !storeAfter.snapshots.has(id);
		if (found === undefined && !mayGo) faults.push(`${id} is lost`);
		if (found !== undefined && found !== manifest)
			faults.push(`the manifest of ${id} has changed`);
		if (found !== undefined && mayGo && told === "done")
			faults.push(`${id} should have been removed`);
	}
	const [made, wanted] = [now.snapshots.size, storeAfter.snapshots.size];
	if (told === "done" && made !== wanted)
		faults.push(`there are ${made} snapshots, and should be ${wanted}`);
	for (const count of ["incomplete", "quarantined"] as const)
		if (told === "done" && now[count] !== storeAfter[count])
			faults.push(`${now[count]} ${count}, and should be ${storeAfter[count]}`);
	return faults;
}

/** It works, lists one more, and removes what others left. Of the original nobody asks that. */
export async function faultsOfNextCreate({
	scene,
	home,
}: Stage): Promise<string[]> {
	if (scene.subject.name !== "ours") return [];
	const words = ["create", "afterwards", "--force"];
	const ran = await runSubject(scene.subject, home, words);
	const id = ran.reply?.data.snapshot?.id;
	if (ran.code !== 0 || id === undefined)
		return [`the next create fails: ${ran.stdout}${ran.stderr}`];
	const { snapshots, faults, hidden } = storeOf(home);
	const litter = hidden.filter((name) => name !== ".lock.db");
	return [
		...faults,
		...(snapshots.has(id) ? [] : [`the next create lost its own ${id}`]),
		...litter.map((name) => `litter: ${name}`),
	];
}

/** Paths that are neither as they were nor as they were to become. */
function neither(
	before: HomeRecord,
	after: HomeRecord,
	now: HomeRecord,
): string[] {
	const pathOf = (line: string) => line.slice(0, line.indexOf(": "));
	const notNew = new Set(difference(after, now).map(pathOf));
	return difference(before, now)
		.filter((line) => notNew.has(pathOf(line)))
		.map((line) => `neither old nor new: ${line}`);
}
