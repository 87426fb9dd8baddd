import type { DatabaseDifference } from "./compare-databases.ts";
import type { KeyDifferences } from "./key-differences.ts";
import type { LineDifferences } from "./line-differences.ts";
import type { Item } from "./side.ts";
import type { SideName } from "./table-difference.ts";
import type { Thing } from "./things.ts";
import type { Weight } from "./weight.ts";

/** A path at which the two sides are not the same. */
export interface FileDifference {
	/** Of one that has another name in the two, that of the left side. */
	readonly path: string;
	readonly rightPath?: string;
	/** Which side has it, if not both. */
	readonly is: SideName | "changed";
	readonly left: Item | undefined;
	readonly right: Item | undefined;
	/** Undefined: it says the same, or only one side has it. */
	readonly content?: ContentDifference;
	readonly things: readonly Thing[];
	readonly weight: Weight;
	/** Among those that weigh the same. */
	readonly place: number;
	/** The home within the home that it lies in, of which the other side has nothing: "profiles/work". */
	readonly newHome?: string;
	/** Nothing of what it says is ever shown. */
	readonly isSecret: boolean;
	/** Why a restore leaves it as it is. */
	readonly stays?: string;
}

export type ContentDifference =
	| {
			readonly in: "keys";
			readonly keys: KeyDifferences;
			readonly lines?: LineDifferences;
	  }
	/** `also`: what of their form is another, too. */
	| {
			readonly in: "lines";
			readonly lines: LineDifferences;
			readonly also: readonly string[];
	  }
	/** What it says is the same: only in these it is written otherwise. */
	| {
			readonly in: "form";
			readonly only: readonly string[];
			readonly lines?: LineDifferences;
	  }
	| { readonly in: "rows"; readonly database: DatabaseDifference }
	/** It is none of what can be taken apart, or something else than it was. */
	| { readonly in: "bytes" }
	/** `side`: that one alone is the reason, and all that is counted in the other one is what they differ in. */
	| {
			readonly in: "unknown";
			readonly why: string;
			readonly side?: SideName;
	  };

export function hasOtherMode({ left, right }: FileDifference): boolean {
	return left !== undefined && right !== undefined && isOtherMode(left, right);
}

export function isOtherMode(left: Item, right: Item): boolean {
	return (
		left.kind === right.kind &&
		left.mode !== undefined &&
		right.mode !== undefined &&
		left.mode !== right.mode
	);
}
