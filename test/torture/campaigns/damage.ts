import fs from "node:fs";
import path from "node:path";
import { difference, type HomeRecord, record } from "../../support/oracle.ts";
import { storeOf } from "../../support/store.ts";
import type { Campaign, Point, Setting } from "../campaign.ts";
import { Chance } from "../chance.ts";
import { copyHome } from "../copy-home.ts";
import { mustRun, type Ran, runSubject } from "../run-subject.ts";
import { misbehaviour } from "../sentences.ts";
import { brokenSnapshots, litter } from "../store-oracle.ts";
import { makeTwoSnapshots, type TwoSnapshots } from "../two-snapshots.ts";
import { type Damage, flipIn, lossesOf } from "./damage/damages.ts";

const FLIPS = 1000;
/** So many of the flips hit the manifest, which is a fifth of the bytes and says what all the others mean. */
const IN_MANIFEST = 400;

/** What a restore leaves as it is, and so need not read. */
const STAYS = ["auth.json"];

interface Scene extends TwoSnapshots {
	readonly setting: Setting;
	/** What a home is after the restore of a snapshot that nobody has damaged. */
	readonly sound: HomeRecord;
}

/** 1,000 single-bit flips and 100 files removed, exchanged, cut or replaced, each in a snapshot of its own home. */
export const damage: Campaign = {
	name: "damage",
	title: "A snapshot is damaged, then restored",
	bounded: 110,
	together: true,
	points: async (setting) => {
		const { subject, dir } = setting;
		const made = await makeTwoSnapshots(subject, path.join(dir, "home"));
		const copy = copyHome(made.home, path.join(dir, "sound"));
		await mustRun(subject, copy, "restore", made.newer);
		const scene = { ...made, setting, sound: record(copy) };
		const points = [...flips(scene), ...losses(scene)];
		// Mixed, so that a spread of them has some of each.
		const chance = new Chance(7, "order");
		return points
			.map((point) => ({ point, place: chance.below(1e9) }))
			.sort((a, b) => a.place - b.place)
			.map(({ point }) => point);
	},
};

function flips(scene: Scene): Point[] {
	const files = filesIn(scene).filter((file) => file !== "manifest.json");
	return Array.from({ length: FLIPS }, (_, index) => {
		const file =
			index < IN_MANIFEST
				? "manifest.json"
				: (files[index % files.length] ?? "");
		const id = `flip/${file}/${index}`;
		const chance = new Chance(scene.setting.seed, id);
		return pointOf(scene, id, () => flipIn(file, chance), index % 10 === 0);
	});
}

function losses(scene: Scene): Point[] {
	return lossesOf(filesIn(scene)).map(({ id, damage: done }, index) =>
		pointOf(scene, id, () => done, index % 10 === 0),
	);
}

function pointOf(
	scene: Scene,
	id: string,
	draw: () => Damage,
	withOther: boolean,
): Point {
	return {
		id,
		run: async (dir) => {
			const home = path.join(dir, "home");
			copyHome(scene.home, home);
			const done = draw();
			unshare(path.join(storeOf(home), scene.newer));
			done.strike(path.join(storeOf(home), scene.newer), scene);
			const faults = await expectRefused(scene, home, done);
			if (!withOther || faults.length > 0) return faults;
			return expectOtherUsable(scene, home);
		},
	};
}

/** What two snapshots share is damaged in both: here only one is to be. */
function unshare(folder: string): void {
	for (const file of filesBelow(folder)) {
		const full = path.join(folder, file);
		if (fs.statSync(full).nlink === 1) continue;
		fs.copyFileSync(full, `${full}.own`);
		fs.renameSync(`${full}.own`, full);
	}
}

/** Refused, in a sentence that names the file, and nothing has changed; or the flip had no meaning. */
async function expectRefused(
	scene: Scene,
	home: string,
	done: Damage,
): Promise<string[]> {
	const { subject } = scene.setting;
	const before = record(home);
	const answer = await runSubject(subject, home, ["restore", scene.newer]);
	const changed = difference(before, record(home));
	if (answer.code === 0 && done.files.every((file) => STAYS.includes(file)))
		return difference(scene.sound, record(home));
	if (answer.code === 0)
		return passes(scene, home, done)
			? []
			: ["was restored all the same", ...changed.slice(0, 5)];
	const strange = fs
		.readdirSync(storeOf(home))
		.filter(
			(name) =>
				!name.startsWith(".") &&
				!["config.json", scene.older, scene.newer].includes(name),
		);
	return [
		...misbehaviour(subject, answer),
		...changed.map((line) => `refused, but changed: ${line}`),
		...strange.map((name) => `refused, but made: ${name}`),
		...(subject.name === "ours" ? badSentence(answer, done, scene) : []),
		...(subject.name === "ours" ? litter(home, scene.newer) : []),
	];
}

/** The flip left all that is in the manifest as it was, but for a name that means nothing: then it may go back. */
function passes(scene: Scene, home: string, done: Damage): boolean {
	const kept = (root: string) => {
		const file = path.join(storeOf(root), scene.newer, "manifest.json");
		const { checksum: _, ...known } = JSON.parse(fs.readFileSync(file, "utf8"));
		return known as Record<string, unknown>;
	};
	if (done.files[0] !== "manifest.json" || done.kind !== "flip") return false;
	const [was, is] = [kept(scene.home), kept(home)];
	const added = Object.keys(is).filter((key) => !Object.hasOwn(was, key));
	for (const key of added) delete is[key];
	return added.length <= 1 && JSON.stringify(was) === JSON.stringify(is);
}

function badSentence(
	{ reply }: Ran,
	{ files, codes }: Damage,
	{ newer }: Scene,
): string[] {
	const { code = "none", message = "" } = reply?.error ?? {};
	// Of a file in parts the part need not be told.
	const wanted = files.map((file) =>
		file === "manifest.json" ? newer : file.replace(/\/\d{6}$/, ""),
	);
	return [
		...(codes.includes(code) ? [] : [`the error is ${code}: ${message}`]),
		...(wanted.some((file) => message.includes(file))
			? []
			: [`the sentence names none of ${wanted.join(", ")}: ${message}`]),
		...(/Nothing was changed/.test(message)
			? []
			: [`the sentence does not say what changed: ${message}`]),
	];
}

/** The other snapshot is whole, in the list, and can be put back. */
async function expectOtherUsable(
	scene: Scene,
	home: string,
): Promise<string[]> {
	const { subject } = scene.setting;
	const answer = await runSubject(subject, home, ["restore", scene.older]);
	const restored = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
	return [
		...misbehaviour(subject, answer),
		...(answer.code === 0
			? []
			: [`the other cannot be restored: ${answer.stdout}`]),
		...(restored.includes("between") ? ["the other one was not restored"] : []),
		...brokenSnapshots(home, scene.newer),
	];
}

function filesIn({ home, newer }: TwoSnapshots): string[] {
	return filesBelow(path.join(storeOf(home), newer));
}

function filesBelow(folder: string): string[] {
	return fs
		.readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => fs.statSync(path.join(folder, file)).isFile())
		.sort();
}
