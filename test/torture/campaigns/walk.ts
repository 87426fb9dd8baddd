import path from "node:path";
import type { Campaign, Point } from "../campaign.ts";
import { Chance } from "../chance.ts";
import { putSettings } from "../in-parts.ts";
import { makeSmallHome } from "../two-snapshots.ts";
import { Walker } from "./walk/walker.ts";

const WALKS = 60;
const OPERATIONS = 100;

let umask = 0;

/** Thousands of operations at random, with a clock that jumps, beside a model of what must be true. */
export const walk: Campaign = {
	name: "walk",
	title: "A random walk with a clock that jumps",
	bounded: 2,
	together: true,
	oursOnly: true,
	points: async ({ seed }) => {
		// As the engine's own process has it: here it runs in ours.
		umask = process.umask(0o077);
		return Array.from({ length: WALKS }, (_, index): Point => {
			const id = `${index + 1}`;
			return { id, size: OPERATIONS, run: (dir) => walkOnce(dir, seed, id) };
		});
	},
	end: async () => {
		process.umask(umask);
	},
};

async function walkOnce(
	dir: string,
	seed: number,
	id: string,
): Promise<string[]> {
	const home = path.join(dir, "home");
	makeSmallHome(home);
	const walker = new Walker(home, new Chance(seed, `walk ${id}`));
	const keep = { manual: walker.world.model.keep.manual };
	putSettings(home, { keep });
	for (let count = 0; count < OPERATIONS; count++) {
		const faults = await walker.step();
		if (faults.length > 0)
			return [
				...faults.slice(0, 12),
				`seed ${seed}; the last of what was done:`,
				...walker.world.story.slice(-25),
			];
	}
	return [];
}
