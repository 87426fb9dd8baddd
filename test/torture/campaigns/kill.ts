import type { Campaign } from "../campaign.ts";
import { isMutating, MUTATING } from "../strace.ts";
import { chooseCalls } from "./kill/choose-calls.ts";
import { callsOf, hurtPoint } from "./kill/hurt-point.ts";
import { makeScenes } from "./kill/scenes.ts";

/** `kill -9` just before system calls that change the disk, and then the next command. `--whole`: before every one. */
export const kill: Campaign = {
	name: "kill",
	title: "kill -9 at mutating system calls",
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
			const { seed, whole } = setting;
			const chosen = whole
				? calls
				: chooseCalls(calls, { ofAlike: 2, every, seed });
			points.push(
				...chosen.map((call) =>
					hurtPoint(setting, scene, call, "signal=SIGKILL"),
				),
			);
		}
		return points;
	},
};
