import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { hasJournal } from "../../interrupt-restore.ts";
import { runSubject } from "../../run-subject.ts";
import type { Telling, Told } from "../../sentences.ts";
import {
	brokenSnapshots,
	litter,
	readStore,
	snapshotFolders,
} from "../../store-oracle.ts";
import type { Stage, Undisturbed } from "./stage.ts";

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
	const now = readStore(home);
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
	return [
		...brokenSnapshots(home),
		...(snapshotFolders(home).includes(id)
			? []
			: [`the next create lost its own ${id}`]),
		...litter(home),
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
