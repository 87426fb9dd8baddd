import type { Campaign, Point } from "../campaign.ts";
import type { Change } from "./passing/homes.ts";
import { heldBeside, recoverBeside, restoreBeside } from "./passing/scenes.ts";
import type { Draw, Stage } from "./passing/stage.ts";
import { Tally } from "./passing/tally.ts";
import { Templates } from "./passing/templates.ts";

const MODES = ["wal", "delete"] as const;
/** Milliseconds between two writes of an agent. */
const PAUSES = [0, 1, 5, 20];
/** A database that was not in the snapshot is left alone while anybody is about: these let it be removed now and then. */
const LONG_PAUSES = [5, 20, 100, 400];

let tally = new Tally();

/** No lock is held and no file open when the engine looks, and there is a commit a moment later. */
export const passing: Campaign = {
	name: "passing",
	title: "Agents that open the database for each write",
	bounded: 12,
	together: true,
	oursOnly: true,
	points: async (setting) => {
		tally = new Tally();
		const stage = { setting, templates: new Templates(setting), tally };
		return [
			...each("replaced", 4, restoring(stage, "replaced")),
			...each("made", 4, restoring(stage, "made")),
			...each("removed", 3, restoring(stage, "removed"), LONG_PAUSES),
			...each("recover", 5, (draw, dir) => recoverBeside(stage, draw, dir)),
			...each("held-replaced", 2, holding(stage, "restore", ["replaced"])),
			...each("held-made", 1, holding(stage, "restore", ["made"])),
			...each("held-removed", 1, holding(stage, "restore", ["removed"])),
			...each(
				"held-recover",
				3,
				holding(stage, "recover", ["replaced", "made", "removed"]),
			),
		];
	},
	end: async () => {
		console.log(tally.lines().join("\n"));
	},
};

type Work = (draw: Draw, dir: string) => Promise<string[]>;

/** So many points of a scene in each mode at each pace. */
function each(
	name: string,
	count: number,
	work: Work,
	pauses = PAUSES,
): Point[] {
	return MODES.flatMap((mode) =>
		pauses.flatMap((pause) =>
			Array.from({ length: count }, (_, index) => {
				const scene = `${name}/${mode}/${pause}ms`;
				const id = `${scene}#${index + 1}`;
				const draw = { id, scene, mode, pause };
				return { id, run: (dir: string) => work(draw, dir) };
			}),
		),
	);
}

function restoring(stage: Stage, change: Change): Work {
	return (draw, dir) => restoreBeside(stage, draw, change, dir);
}

function holding(
	stage: Stage,
	verb: "restore" | "recover",
	changes: readonly Change[],
): Work {
	return (draw, dir) => heldBeside(stage, draw, verb, changes, dir);
}
