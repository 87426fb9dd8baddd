import type { WhatChanged } from "../../core/update/health-report.ts";
import { countText, pathText, someOf } from "../text/text.ts";

/** What a command has changed, for better or worse, in a line. */
export function changedText(all: WhatChanged): string[] {
	const { counts, changed, added, removed, moved, tables } = all;
	const parts = [
		...emptiedText(tables),
		...counts.slice(0, 5).map(({ what, before, after }) => {
			const sign = after > before ? "+" : "-";
			return `${sign}${countText(Math.abs(after - before), what)}`;
		}),
		...moved
			.slice(0, 2)
			.map(({ from, to }) => `moved: ${pathText(from)} → ${pathText(to)}`),
		...(changed.length > 0 ? [`changed: ${someOf(changed)}`] : []),
		...(added.length > 0 ? [`new: ${someOf(added)}`] : []),
		...(removed.length > 0 ? [`gone: ${someOf(removed)}`] : []),
		...tables.filter(isOther).slice(0, 2).map(tablesText),
	];
	return parts.length === 0
		? ["Of what is saved it changed nothing."]
		: [`What changed meanwhile: ${parts.join("; ")}.`];
}

/** The largest first: what was in them may be missed, and no file is gone. */
function emptiedText(tables: WhatChanged["tables"]): string[] {
	const all = tables
		.flatMap(({ path, emptied }) => emptied.map((one) => ({ path, ...one })))
		.sort((a, b) => b.rows - a.rows);
	if (all.length === 0) return [];
	const shown = all
		.slice(0, MOST_EMPTIED)
		.map(({ path, table, rows }) => `${pathText(path)} ${table} ${rows} → 0`);
	const more = all.length - shown.length;
	return [
		`rows lost: ${shown.join(", ")}${more > 0 ? ` and ${countText(more, "more table")}` : ""}`,
	];
}

const MOST_EMPTIED = 5;

function isOther({ added, removed }: WhatChanged["tables"][number]): boolean {
	return added + removed > 0;
}

function tablesText({ path, added, removed }: WhatChanged["tables"][number]) {
	const came = added > 0 ? [`+${countText(added, "table")}`] : [];
	const went = removed > 0 ? [`-${countText(removed, "table")}`] : [];
	return `${pathText(path)}: ${[...came, ...went].join(", ")}`;
}
