import type { Manifest } from "./manifest.ts";
import { withChecksum } from "./manifest-checksum.ts";

/** What stands behind the files, in this order; every other key is of the summary. */
const DETAILS = [
	"captured",
	"missed",
	"undoes",
	"store",
	"outside",
	"verifiedAt",
	"boot",
	"plain",
	"note",
	"tool",
	"sqlite",
] as const satisfies readonly (keyof Manifest)[];

/** Summary keys first and a line each, so that `list` reads only the beginning; one line an entry, for people. */
export function formatManifest(manifest: Manifest): string {
	const { files, entries, ...others } = manifest;
	const details = Object.fromEntries(
		DETAILS.map((key) => [key, others[key]] as const),
	);
	const summary = Object.entries(others).filter(([key]) => !(key in details));
	const body = [
		...pairs(Object.fromEntries(summary)).map((pair) => `  ${pair}`),
		...lines("files", pairs(files), ["{", "}"]),
		...pairs(details).map((pair) => `  ${pair}`),
		...lines(
			"entries",
			entries.map((entry) => JSON.stringify(entry)),
			["[", "]"],
		),
	].join(",\n");
	return withChecksum(`{\n${body},\n`);
}

function pairs(record: object): string[] {
	return Object.entries(record).flatMap(([key, value]) =>
		value === undefined
			? []
			: [`${JSON.stringify(key)}: ${JSON.stringify(value)}`],
	);
}

function lines(
	key: string,
	items: readonly string[],
	[open, close]: readonly [string, string],
): string[] {
	return items.length === 0
		? [`  "${key}": ${open}${close}`]
		: [`  "${key}": ${open}\n    ${items.join(",\n    ")}\n  ${close}`];
}
