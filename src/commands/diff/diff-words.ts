import type { Diff } from "../../core/diff/diff.ts";
import type { SideName } from "../../core/diff/table-difference.ts";
import { printable } from "../text/text.ts";

/** How differences are spoken of: as what a restore would do, or as what each of two snapshots has. */
export interface Words {
	/** "will go", "only in 3" */
	readonly is: (side: SideName | "changed", count: number) => string;
	/** "a → b", as a restore goes; "a in 3, b in 1". */
	readonly both: (left: string, right: string) => string;
	/** Where one of the two stands: "now", "in 3". */
	readonly at: (side: SideName) => string;
	/** Of a table or index that both have. */
	readonly otherwise: string;
	readonly isNow: boolean;
	/** Each file is to be named, and none together with others. */
	readonly isEach: boolean;
}

export function wordsFor({ left, right }: Diff, isEach = false): Words {
	if (right === undefined)
		return {
			is: (side) =>
				({
					left: "will come back",
					right: "will go",
					changed: "will be as before",
				})[side],
			both: (then, now) => `${now} → ${then}`,
			at: (side) => (side === "left" ? "in the snapshot" : "now"),
			otherwise: "will be made as before",
			isNow: true,
			isEach,
		};
	const [one, other] = [left, right].map(
		({ number, id }) => number ?? printable(id),
	);
	return {
		is: (side, count) =>
			side === "changed"
				? `${count === 1 ? "differs" : "differ"}`
				: `only in ${side === "left" ? one : other}`,
		both: (then, now) => `${then} in ${one}, ${now} in ${other}`,
		at: (side) => `in ${side === "left" ? one : other}`,
		otherwise: "made otherwise",
		isNow: false,
		isEach,
	};
}
