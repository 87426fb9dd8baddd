import type { Host } from "../core/home/host.ts";
import { isWithin } from "../core/home/paths.ts";
import { EXTERNAL } from "./archive.ts";
import { below } from "./whose.ts";

/** Of a path in an archive: where below the user's home, if this agent is known to have something there. */
export function externalPath(host: Host, path: string): string | undefined {
	const outside = below(path, EXTERNAL);
	const isKnown = host.external?.some(
		(directory) => outside !== undefined && isWithin(outside, directory),
	);
	return isKnown ? outside : undefined;
}
