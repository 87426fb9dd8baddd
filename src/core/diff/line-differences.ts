import { isUtf8 } from "node:buffer";
import { maskText } from "../secrets/secrets.ts";

/** The lines in which two texts differ. */
export interface LineDifferences {
	/** That only that side has; undefined: there are too many to be told. */
	readonly count: { readonly left: number; readonly right: number } | undefined;
	/** What would go, and what would come back, as `diff -u` writes it; masked. Absent where it was not asked for. */
	readonly patch: readonly string[];
	/** They differ only in what is not shown. */
	readonly isHidden: boolean;
}

/** So many lines may come and go; with more it takes seconds. */
const MOST = 3000;
/** Milliseconds. */
const LONGEST = 1000;
const CONTEXT = 2;
/** Of one line. */
const WIDEST = 200;

/** The text of a file; undefined: it is none. */
export function asText(bytes: Uint8Array): string | undefined {
	return isUtf8(bytes) && !bytes.includes(0)
		? Buffer.from(bytes).toString()
		: undefined;
}

/** From the right one to the left one, as a restore goes. */
export async function lineDifferences(
	left: string,
	right: string,
): Promise<LineDifferences> {
	const { structuredPatch } = await import("diff");
	const [one, other] = [maskText(left), maskText(right)];
	const options = { context: CONTEXT, maxEditLength: MOST, timeout: LONGEST };
	const found = structuredPatch("", "", other, one, "", "", options);
	if (found === undefined)
		return { count: undefined, patch: [], isHidden: false };
	const lines = found.hunks.flatMap(
		({ oldStart, oldLines, newStart, newLines, lines }) => [
			`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
			...lines.map((line) => line.slice(0, WIDEST)),
		],
	);
	const beginning = (sign: string) =>
		found.hunks
			.flatMap(({ lines }) => lines)
			.filter((line) => line.startsWith(sign)).length;
	return {
		count: { left: beginning("+"), right: beginning("-") },
		patch: lines,
		isHidden: lines.length === 0,
	};
}
