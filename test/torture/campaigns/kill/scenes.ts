import fs from "node:fs";
import path from "node:path";
import { expectedAfterRestore } from "../../../support/critical-set.ts";
import { type HomeRecord, record } from "../../../support/oracle.ts";
import type { Setting } from "../../campaign.ts";
import { copyHome } from "../../copy-home.ts";
import { mustBeInParts } from "../../in-parts.ts";
import { mustRun } from "../../run-subject.ts";
import type { Subject } from "../../subjects.ts";
import { damagedPlans } from "./damaged-scenes.ts";
import { recordBesideWriter } from "./home-oracle.ts";
import { leaveHalfWay } from "./leave-half-way.ts";
import { leaveUnsynced } from "./leave-unsynced.ts";
import { changeLittleHome, makeLittleHome, writeOn } from "./little-home.ts";
import { type Plan, rehearse, type Scene } from "./scene.ts";

/** All scenes that a subject knows the commands of, with their templates made. */
export async function makeScenes({ subject, dir }: Setting): Promise<Scene[]> {
	const base = makeLittleHome(path.join(dir, "base"));
	const recorded = record(base);
	await mustRun(subject, base, "create", "one");
	mustBeInParts(subject, base);
	const changed = copyHome(base, path.join(dir, "changed"));
	changeLittleHome(changed);
	const old = record(changed);
	const isOurs = subject.name === "ours";
	const restored = isOurs ? { after: expectedAfterRestore(recorded, old) } : {};
	const plans: Plan[] = [
		{ name: "create", words: ["create", "two"], home: changed, after: old },
		{
			name: "restore/idle",
			words: ["restore", "1"],
			home: changed,
			...restored,
		},
		await prunePlan(subject, base, path.join(dir, "many")),
	];
	if (restored.after !== undefined) {
		const known = { recorded, old, after: restored.after };
		plans.push(...(await ourPlans(subject, changed, known)));
	}
	const scenes: Scene[] = [];
	for (const plan of plans) scenes.push(await rehearse(subject, dir, plan));
	return scenes;
}

async function prunePlan(
	subject: Subject,
	base: string,
	home: string,
): Promise<Plan> {
	copyHome(base, home);
	for (const label of ["two", "three", "four"]) {
		fs.appendFileSync(path.join(home, "config.yaml"), `# ${label}\n`);
		await mustRun(subject, home, "create", label);
	}
	return {
		name: "prune",
		words: ["prune", "1"],
		home,
		after: record(home),
		removes: true,
	};
}

/** Those that only ours can do. */
async function ourPlans(
	subject: Subject,
	changed: string,
	known: { recorded: HomeRecord; old: HomeRecord; after: HomeRecord },
): Promise<Plan[]> {
	const beside = (name: string) => copyHome(changed, `${changed}-${name}`);
	const { old, after } = known;
	const undone = beside("undone");
	await mustRun(subject, undone, "restore", "1");
	const half = beside("half");
	await leaveHalfWay(subject, half);
	const unsynced = beside("unsynced");
	await leaveUnsynced(subject, unsynced);
	const blocked = copyHome(half, `${changed}-blocked`);
	writeOn(blocked);
	const ways = { finish: after, back: old };
	const left = { home: half, before: undefined, after };
	const settled = {
		home: blocked,
		before: undefined,
		ways,
		hasWrittenOn: true,
	};
	const live = expectedAfterRestore(
		recordBesideWriter(path.join(changed, "../base")),
		recordBesideWriter(changed),
	);
	const selected = withOnly(/^(config\.yaml$|memories(\/|$))/, old, after);
	return [
		{
			name: "restore/selective",
			words: ["restore", "1", "config.yaml", "memories/"],
			home: changed,
			after: selected,
			every: 3,
		},
		...(await damagedPlans(subject, changed, known)),
		{
			name: "restore/live",
			words: ["restore", "1"],
			home: changed,
			after: live,
			isLive: true,
			every: 2,
		},
		{ name: "undo", words: ["undo"], home: undone, after: old },
		{ name: "recover", words: ["recover"], ...left },
		{
			name: "recover/unsynced",
			words: ["recover"],
			every: 2,
			...left,
			home: unsynced,
		},
		{ name: "recover/by-create", words: ["create", "two"], every: 3, ...left },
		{
			name: "recover/finish",
			words: ["recover", "--finish"],
			after,
			every: 3,
			...settled,
		},
		{
			name: "recover/back",
			words: ["recover", "--back"],
			after: old,
			every: 3,
			...settled,
		},
	];
}

/** What `pattern` names as it is afterwards, all else as it was. */
function withOnly(
	pattern: RegExp,
	before: HomeRecord,
	after: HomeRecord,
): HomeRecord {
	const isNamed = ([file]: [string, unknown]) => pattern.test(file);
	return new Map([
		...[...before].filter((one) => !isNamed(one)),
		...[...after].filter(isNamed),
	]);
}
