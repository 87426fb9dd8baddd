import { itemFor, namesFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { matches } from "../home/paths.ts";

/** How much somebody would miss a file: what the agent itself has by that name, what lies in a directory of its, all else. */
export type Weight = "named" | "critical" | "other";

export const WEIGHTS: readonly Weight[] = ["named", "critical", "other"];

export function weightOf(host: Host, path: string): Weight {
	const item = itemFor(host, path);
	if (item === undefined) return "other";
	const depth = (one: string) => one.split("/").length;
	const isIt = namesFor(host, path).some(
		(name) => matches(name, item.path) && depth(name) === depth(item.path),
	);
	return isIt ? "named" : "critical";
}

/** Its place in the host's list, which begins with what matters most. */
export function placeOf(host: Host, path: string): number {
	const item = itemFor(host, path);
	return item === undefined
		? host.critical.length
		: host.critical.indexOf(item);
}

/** The home within the home that a path lies in: "profiles/work". */
export function innerHomeOf(
	{ nestedHomes }: Host,
	path: string,
): string | undefined {
	const pattern = nestedHomes.find((one) => matches(path, one));
	const names = path.split("/");
	const depth = pattern?.split("/").length ?? names.length;
	return names.length > depth ? names.slice(0, depth).join("/") : undefined;
}
