import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import {
	type Malformed,
	malformedFrom,
	sealed,
} from "../../support/malformed.ts";
import { readManifest } from "../../support/store.ts";
import type { Campaign, Point, Setting } from "../campaign.ts";
import { copyHome } from "../copy-home.ts";
import { commitOf, interruptRestore } from "../interrupt-restore.ts";
import { makeTwoSnapshots } from "../two-snapshots.ts";
import {
	type FuzzScene,
	fileOf,
	type Target,
	tryMalformed,
} from "./fuzz/fuzz-point.ts";
import { hugeOnes } from "./fuzz/huge-json.ts";
import { twistedOnes } from "./fuzz/twisted-manifests.ts";

const COUNTS: Readonly<Record<Target, number>> = {
	manifest: 200,
	journal: 90,
	config: 50,
};

/** Manifests, journals and settings that are something else, by fast-check; and 100 MB of each. */
export const fuzz: Campaign = {
	name: "fuzz",
	title: "A manifest, journal or config.json is malformed",
	bounded: 60,
	together: true,
	oursOnly: true,
	points: async (setting) => {
		const scene = await makeScene(setting);
		const points = (["manifest", "journal", "config"] as const).flatMap(
			(target) => drawn(scene, target, setting.seed),
		);
		// Those with a name of their own among the others, so that a spread of all has some.
		const named = [...hugeOnes(scene), ...twistedOnes(scene)];
		const every = Math.floor(points.length / named.length);
		return points.flatMap((point, index) => {
			const one = index % every === 0 ? named[index / every] : undefined;
			return one === undefined ? [point] : [point, one];
		});
	},
};

/** A home beside a folder that nothing may touch, with links to it; and the same with a restore interrupted. */
async function makeScene({ subject, dir }: Setting): Promise<FuzzScene> {
	const calm = path.join(dir, "calm");
	const home = path.join(calm, "home");
	fs.mkdirSync(path.join(calm, "canary"), { recursive: true });
	fs.writeFileSync(path.join(calm, "canary/alive.txt"), "sings\n");
	const { older, newer } = await makeTwoSnapshots(subject, home);
	fs.symlinkSync("../canary", path.join(home, "linked"));
	fs.symlinkSync("../canary", path.join(home, "platforms"));
	fs.symlinkSync("../../canary", path.join(home, "pairing/out"));
	const midway = (await commitOf(subject, home, newer)) + 4;
	const pending = path.join(dir, "pending");
	copyHome(calm, pending);
	await interruptRestore(subject, path.join(pending, "home"), newer, midway);
	const journal = fs.readFileSync(
		fileOf(path.join(pending, "home"), "journal", newer),
		"utf8",
	);
	return { subject, calm, journal, midway, older, newer };
}

function drawn(scene: FuzzScene, target: Target, seed: number): Point[] {
	const arbitrary = malformedFrom(soundOf(scene, target), sealOf(target));
	const cases = fc.sample(arbitrary, { numRuns: COUNTS[target], seed });
	return cases.map((one: Malformed, index) => ({
		id: `${target}/${index}`,
		run: async (dir) => {
			const faults = await tryMalformed(
				scene,
				target,
				one.text,
				dir,
				index % 5 === 0,
			);
			return faults.map((fault) => `${one.how}: ${fault}`);
		},
	}));
}

function sealOf(target: Target): (value: unknown) => string {
	return target === "manifest"
		? sealed
		: (value) => JSON.stringify(value, null, 1);
}

function soundOf(
	{ calm, journal, newer }: FuzzScene,
	target: Target,
): Record<string, unknown> {
	if (target === "manifest")
		return { ...readManifest(path.join(calm, "home"), newer) };
	if (target === "config")
		return {
			formatVersion: 1,
			include: ["skills/mine"],
			exclude: ["memories/*.bak"],
			keep: { manual: 3 },
			reserveBytes: 5,
		};
	return JSON.parse(journal) as Record<string, unknown>;
}
