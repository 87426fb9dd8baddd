import { run } from "./mounts.ts";

/** With every mode, time to the nanosecond, link and odd entry, which Node's own copying does not keep. */
export function copyHome(from: string, to: string): string {
	run("cp", ["-aT", from, to]);
	return to;
}
