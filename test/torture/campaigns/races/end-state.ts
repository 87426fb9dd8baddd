import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { type SeenSnapshot, snapshotsOf } from "./seen-snapshots.ts";

/** All that two commands leave behind, without what the clock decides. */
export interface EndState {
	readonly home: HomeRecord;
	readonly snapshots: readonly SeenSnapshot[];
	/** What each command said, by its place in the pair. */
	readonly exits: readonly (number | null)[];
}

export function endStateOf(
	home: string,
	exits: readonly (number | null)[],
): EndState {
	return { home: record(home), snapshots: snapshotsOf(home), exits };
}

/** How one end differs from another; nothing when they are the same. */
export function betweenEnds(expected: EndState, actual: EndState): string[] {
	const [left, right] = [expected, actual].map(({ snapshots }) =>
		snapshots.map(
			({ label, reason, contents }) =>
				[`${reason} "${label}"`, contents] as const,
		),
	);
	const names = (list: typeof left) =>
		(list ?? []).map(([name]) => name).join(", ");
	const exits = ({ exits }: EndState) => exits.join(" and ");
	return [
		...difference(expected.home, actual.home),
		...(names(left) === names(right)
			? []
			: [`snapshots: ${names(right)}; should be ${names(left)}`]),
		...(left ?? []).flatMap(([name, contents], index) => {
			const other = right?.[index];
			if (other === undefined || other[0] !== name) return [];
			const wrong =
				contents.find((line) => !other[1].includes(line)) ??
				other[1].find((line) => !contents.includes(line));
			return wrong === undefined
				? []
				: [`${name} holds something else: ${wrong}`];
		}),
		...(exits(expected) === exits(actual)
			? []
			: [`exit codes ${exits(actual)}; should be ${exits(expected)}`]),
	];
}

/** Nothing when the end is one of these; else how it differs from the nearest. */
export function amongEnds(
	expected: readonly EndState[],
	actual: EndState,
): string[] {
	const all = expected.map((end) => betweenEnds(end, actual));
	const [nearest = ["there is nothing to compare with"]] = all.toSorted(
		(a, b) => a.length - b.length,
	);
	return nearest.length === 0
		? []
		: [
				`is the end of no order of them (${expected.length} are possible); nearest:`,
				...nearest.slice(0, 6),
			];
}
