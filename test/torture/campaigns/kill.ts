import type { Campaign } from "../campaign.ts";
import { isMutating, MUTATING } from "../strace.ts";
import { chooseCalls } from "./kill/choose-calls.ts";
import { callsOf, hurtPoint } from "./kill/hurt-point.ts";
import { makeScenes } from "./kill/scenes.ts";

/** `kill -9` just before every system call that changes the disk, and then the next command. */
export const kill: Campaign = {
	name: "kill",
	title: "kill -9 at every mutating system call",
	bounded: 60,
	together: true,
	async points(setting) {
		const points = [];
		for (const scene of await makeScenes(setting)) {
			const calls = (await callsOf(setting, scene, MUTATING)).filter(
				isMutating,
			);
			// The other half with another seed: all of it takes longer than anybody waits.
			const every = scene.every * 2;
			const chosen = chooseCalls(calls, {
				ofAlike: 2,
				every,
				seed: setting.seed,
			});
			points.push(
				...chosen.map((call) =>
					hurtPoint(setting, scene, call, "signal=SIGKILL"),
				),
			);
		}
		return points;
	},
};
