import type { WhatChanged } from "../core/update/health-report.ts";
import { countText, pathText, someOf } from "./text.ts";

/** What a command has changed, for better or worse, in a line. */
export function changedText(all: WhatChanged): string[] {
	const { counts, changed, added, removed, tables } = all;
	const parts = [
		...counts.slice(0, 5).map(({ what, before, after }) => {
			const sign = after > before ? "+" : "-";
			return `${sign}${countText(Math.abs(after - before), what)}`;
		}),
		...(changed.length > 0 ? [`changed: ${someOf(changed)}`] : []),
		...(added.length > 0 ? [`new: ${someOf(added)}`] : []),
		...(removed.length > 0 ? [`gone: ${someOf(removed)}`] : []),
		...tables.slice(0, 2).map(tablesText),
	];
	return parts.length === 0
		? ["Of what is saved it changed nothing."]
		: [`What changed meanwhile: ${parts.join("; ")}.`];
}

function tablesText({ path, added, removed }: WhatChanged["tables"][number]) {
	const came = added > 0 ? [`+${countText(added, "table")}`] : [];
	const went = removed > 0 ? [`-${countText(removed, "table")}`] : [];
	return `${pathText(path)}: ${[...came, ...went].join(", ")}`;
}
