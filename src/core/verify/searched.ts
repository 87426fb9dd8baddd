import type { Drill } from "../drill/drills.ts";
import type { LastVerified } from "./verifications.ts";

/** What is remembered of the looks at a snapshot; undefined: there was none. */
export interface Looks {
	readonly verified: LastVerified | undefined;
	readonly drill: Drill | undefined;
}

export interface Searched {
	/** ISO 8601. */
	readonly at: string;
	readonly by: "verify" | "drill";
}

/** Who last searched a database of the snapshot to its end and found no fault in any; undefined: neither of them. */
export function lastSearchOf(
	path: string,
	{ verified, drill }: Looks,
): Searched | undefined {
	const { fullAt, fault, unsearched } = verified ?? {};
	const all: Searched[] = [];
	if (
		fullAt !== undefined &&
		fault === undefined &&
		!unsearched?.includes(path)
	)
		all.push({ at: fullAt, by: "verify" });
	if (drill?.ok && !drill.unsearched?.includes(path))
		all.push({ at: drill.at, by: "drill" });
	return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
}
