import type { Campaign, Point } from "../campaign.ts";
import { snapshotFolders } from "../store-oracle.ts";
import { isMutating, MUTATING, READING } from "../strace.ts";
import {
	type Aftermath,
	isAcknowledged,
	isPending,
	textOf,
} from "./kill/aftermath.ts";
import { chooseCalls, lotOf } from "./kill/choose-calls.ts";
import { stateOf, tornFiles } from "./kill/home-oracle.ts";
import type { TracedCall } from "./kill/hurt-at.ts";
import { callsOf, hurtPoint } from "./kill/hurt-point.ts";
import type { Scene } from "./kill/scene.ts";
import { makeScenes } from "./kill/scenes.ts";

/**
 * One error of the disk, of those that a call can give, and then the disk is well again. `--whole`: each of them at
 * every call.
 */
export const errors: Campaign = {
	name: "errors",
	title: "ENOSPC, EIO and their like at system calls on the home",
	bounded: 60,
	together: true,
	async points(setting) {
		const { seed, whole } = setting;
		const points: Point[] = [];
		for (const scene of await makeScenes(setting)) {
			const { every } = scene;
			const calls = await callsOf(setting, scene, [
				...new Set([...MUTATING, ...READING]),
			]);
			const changing = calls.filter(isMutating);
			const reading = calls.filter(
				(call) => !isMutating(call) && READING.includes(call.name),
			);
			const chosen = whole
				? [...changing, ...reading]
				: [
						...chooseCalls(changing, { ofAlike: 1, every, seed }),
						...chooseCalls(reading, { ofAlike: 1, every: every * 3, seed }),
					];
			for (const call of chosen) {
				const possible = errorsOf(call);
				// Not the remainder that has chosen the call already.
				const lot = Math.floor(lotOf(call, 0) / 12) + seed;
				const one = possible[lot % possible.length] ?? "EIO";
				for (const error of whole ? new Set(possible) : [one])
					points.push(
						hurtPoint(setting, scene, call, `error=${error}`, lookAtReply),
					);
			}
		}
		return points;
	},
};

/** What a disk can say to a call. Two of three times one of the two that disks do say. */
function errorsOf(call: TracedCall): readonly string[] {
	const { name } = call;
	if (!isMutating(call))
		return name.startsWith("open") ? ["EIO", "EMFILE", "EACCES"] : ["EIO"];
	if (/^(open|creat)/.test(name))
		return [
			"ENOSPC",
			"EIO",
			"EDQUOT",
			"EIO",
			"ENOSPC",
			"EMFILE",
			"EROFS",
			"EACCES",
		];
	if (/write|truncate|allocate|copy|sendfile|ioctl/.test(name))
		return ["ENOSPC", "EIO", "EDQUOT"];
	if (/sync/.test(name)) return ["EIO", "ENOSPC"];
	return ["EIO", "ENOSPC", "EROFS", "ENOSPC", "EIO", "EACCES"];
}

/** What was said must be a sentence, and true. */
function lookAtReply(after: Aftermath): string[] {
	const { ran, scene, home } = after;
	const { reply, code } = ran;
	if (reply === undefined) return [`there is no reply: ${textOf(ran)}`];
	const torn =
		scene.isLive || scene.before === undefined
			? []
			: tornFiles(home, { old: scene.before, new: scene.after });
	const claims = isAcknowledged(ran) ? [] : falseClaims(after);
	const faults = [
		...(reply.exitCode === code ? [] : [`the exit code is ${code}`]),
		...torn,
		...claims,
	];
	return faults.length === 0 ? [] : [...faults, `it said: ${textOf(ran)}`];
}

function falseClaims(after: Aftermath): string[] {
	const { ran, scene, home } = after;
	const { code, message = "" } = ran.reply?.error ?? {};
	const text = ran.reply?.text ?? "";
	if (code === "bug") return [`it takes it for a bug: ${message}`];
	if (/\n\s+at /.test(text) || text.split("\n").length > 3)
		return ["that is no sentence"];
	const pending = isPending(after);
	// What had been done before the failure was told first.
	if (/^Finished the interrupted restore of .*Nothing else/.test(text))
		return stateOf(home, { after: scene.after }).faults;
	if (/Nothing( else)?( in the agent's home)? was changed/.test(text))
		return isAsItWas(scene, home, pending, /Nothing was changed/.test(text))
			? []
			: ["it says that nothing was changed, and something was"];
	if (pending && /`?recover/.test(text)) return [];
	return ["it does not say whether anything was changed, or what to do"];
}

function isAsItWas(
	scene: Scene,
	home: string,
	pending: boolean,
	all: boolean,
): boolean {
	if (pending && scene.before !== undefined) return false;
	const stores = [scene.home, home].map((one) => snapshotFolders(one).join());
	if (all && stores[0] !== stores[1]) return false;
	return scene.isLive || stateOf(home, { start: scene.start }).name === "start";
}
