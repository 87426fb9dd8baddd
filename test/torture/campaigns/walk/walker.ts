import type { Chance } from "../../chance.ts";
import { brokenSnapshots, litter } from "../../store-oracle.ts";
import type { Model } from "./model.ts";
import {
	change,
	create,
	done,
	dryRun,
	prune,
	restore,
	tellNothing,
	undo,
} from "./operations.ts";
import { World } from "./world.ts";

/** Walks at random through all that can be done with a home, beside a model of what must be true. */
export class Walker {
	readonly world: World;

	constructor(home: string, chance: Chance) {
		this.world = new World(home, chance);
	}

	/** One operation. Returns what was wrong. */
	async step(): Promise<string[]> {
		const { world } = this;
		world.count++;
		world.moveClock();
		const faults = await this.#operate();
		return [...faults, ...(await checkList(world)), ...checkStore(world)];
	}

	#operate(): Promise<string[]> {
		const { world } = this;
		const draw = world.chance.below(100);
		if (draw < 35) return change(world);
		if (draw < 60) return create(world);
		if (draw < 78) return restore(world);
		if (draw < 90) return undo(world);
		if (draw < 94) return prune(world);
		if (draw < 97) return dryRun(world);
		return tellNothing(world);
	}
}

async function checkList(world: World): Promise<string[]> {
	const reply = await world.run("list", "--all");
	const shown = (reply.data.snapshots as ReturnType<Model["listed"]>).map(
		({ id, number, label, reason }) => ({ id, number, label, reason }),
	);
	const wanted = world.model.listed();
	if (JSON.stringify(shown) === JSON.stringify(wanted)) return done(reply);
	return [
		...done(reply),
		`the list is ${JSON.stringify(shown)}`,
		`and should be ${JSON.stringify(wanted)}`,
	];
}

/** Every file of every snapshot, now and then; what was left behind, always. */
function checkStore(world: World): string[] {
	return [
		...litter(world.home),
		...(world.count % 25 === 0 ? brokenSnapshots(world.home) : []),
	];
}
