/** The one line of figures that the README shows, too. */
import { type Measured, ratioOf, spreadOfName } from "./results.ts";
import { bytes, milliseconds, ratio } from "./text.ts";

const TIMES: readonly (readonly [id: string, title: string])[] = [
	["repeat-1MB", "1 MB after 50 messages"],
	["repeat-500MB", "500 MB after 50 messages"],
	["unchanged-500MB", "nothing changed"],
	["files-5000", "5,000 files"],
];

/** The line of a text that is this one, of whatever run. */
export const IN_SHORT = /^At the last `npm run bench`.*$/m;

/** Each time with its ratio to Hermes' algorithm; what was not measured is left out. */
export function inShort(measured: readonly Measured[]): string {
	const parts = TIMES.flatMap(([id, title]) => {
		const one = measured.find((found) => found.id === id);
		const time = one && spreadOfName(one, "ours");
		const over = one && ratioOf(one, "ours", "original");
		return time === undefined || over === undefined
			? []
			: [`${title} ${milliseconds(time.median)} (${ratio(over.median)})`];
	});
	const disk = measured.find(({ id }) => id === "disk-500MB");
	const taken = disk && spreadOfName(disk, "ours");
	if (taken !== undefined)
		parts.push(`20 snapshots of 500 MB take ${bytes(taken.median)}`);
	return `At the last \`npm run bench\` (in brackets, Hermes' own algorithm is 1): ${parts.join("; ")}.`;
}
