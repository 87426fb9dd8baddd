import type { Place } from "../core/export/export.ts";
import type { Agent } from "../core/home/agent.ts";
import { nameOf } from "../core/home/paths.ts";
import { stampOf } from "../core/manifest/assemble.ts";
import { archiveNamed } from "./archive-name.ts";

export interface Rotation {
	readonly reason: string;
	/** How many stay, with the one that was just made. */
	readonly keep: number;
	/** When that was. */
	readonly now: Date;
}

/**
 * Removes the oldest of this home's archives of that reason beside the one that was just made, which stays whatever the clock
 * said before. Those that lack something are counted apart, so that they push no whole one out. Only what is called as
 * ours are is ever removed, and nothing beside one that a person has called otherwise. Returns their paths.
 */
export function rotate(
	agent: Agent,
	{ above, folder }: Place,
	{ reason, keep, now }: Rotation,
): string[] {
	const { disk } = agent.system;
	const made = archiveNamed(agent, reason, nameOf(folder));
	if (made === undefined) return [];
	const others = disk.names(above).flatMap((name) => {
		const path = `${above}/${name}`;
		const named =
			path === folder ? undefined : archiveNamed(agent, reason, name);
		const isLike = named?.isWhole === made.isWhole;
		return named !== undefined && isLike && disk.stat(path)?.kind === "file"
			? [{ path, stamp: named.stamp }]
			: [];
	});
	// What is of a time to come was made before the clock was put right.
	const present = stampOf(now);
	const age = ({ stamp }: { stamp: string }) =>
		stamp > present ? `0${stamp}` : `1${stamp}`;
	const newestFirst = others.sort((a, b) => (age(a) < age(b) ? 1 : -1));
	const gone = newestFirst.slice(Math.max(0, keep - 1));
	for (const { path } of gone) disk.unlink(path);
	return gone.map(({ path }) => path);
}
