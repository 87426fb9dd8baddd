import path from "node:path";
import type { Setting } from "../../campaign.ts";
import { Chance } from "../../chance.ts";
import { freshCopy } from "../kill/scene.ts";
import type { Change, PassedHome } from "./homes.ts";
import { type JournalMode, PassingAgent } from "./passing-agent.ts";
import type { Tally } from "./tally.ts";
import type { Templates } from "./templates.ts";
import { Trial } from "./trial.ts";

/** What all points share. */
export interface Stage {
	readonly setting: Setting;
	readonly templates: Templates;
	readonly tally: Tally;
}

/** One point. What else it is, is drawn by its id. */
export interface Draw {
	readonly id: string;
	/** As in the tally. */
	readonly scene: string;
	readonly mode: JournalMode;
	/** Of the agent, in milliseconds. */
	readonly pause: number;
}

export interface Cast {
	readonly chance: Chance;
	readonly passed: PassedHome;
	/** An empty folder. */
	readonly dir: string;
}

/** The longest that an agent takes to come into the engine's way, in milliseconds. */
const LATEST = 350;

export async function castOf(
	{ setting, templates }: Stage,
	{ id, mode }: Draw,
	changes: readonly Change[],
	dir: string,
): Promise<Cast> {
	const chance = new Chance(setting.seed, id);
	const database = chance.pick(["state.db", "kanban.db"]);
	const passed = await templates.home(chance.pick(changes), mode, database);
	return { chance, passed, dir };
}

/** Another copy of the template, in the same place. */
export function freshHome({ passed, dir }: Cast): { home: string } {
	return { home: freshCopy(passed.home, path.join(dir, "run")) };
}

export function trialOf({ setting }: Stage, cast: Cast): Trial {
	const home = path.join(cast.dir, "run/home");
	return new Trial(setting.subject, cast.passed, home, cast.chance);
}

/** An agent that has not begun. One that comes late does so while the engine is at work. */
export function agentOf(
	{ chance, passed }: Cast,
	{ database }: Trial,
	{ pause }: Draw,
	when: "at once" | "late",
): PassingAgent {
	return new PassingAgent({
		language: chance.pick(["python", "node"]),
		database,
		prefix: "row",
		pause,
		linger: chance.pick([0, 0, 2, 10]),
		after: when === "late" ? chance.below(LATEST) : 0,
		// Where the restore lets the database stand, it must be there at every moment.
		makes: passed.change === "replaced" ? null : passed.mode,
	});
}
