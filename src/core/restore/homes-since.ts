import type { Agent } from "../home/agent.ts";
import { nestedHomesIn } from "../home/coverage.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type LeftAlone, leftAs } from "./left-alone.ts";

const WHY = "it came after the snapshot, and is a home of its own";

/** Homes within this one that the snapshot did not look into. */
export function homesSince(
	{ system: { disk }, home, host }: Agent,
	{ captured }: Manifest,
): LeftAlone[] {
	if (captured === undefined) return [];
	return nestedHomesIn(disk, home, host)
		.filter(
			(path) =>
				disk.stat(`${home}/${path}`)?.kind === "directory" &&
				!captured.paths.some((part) => isWithin(part, path)),
		)
		.map((path) => leftAs(path, WHY));
}
