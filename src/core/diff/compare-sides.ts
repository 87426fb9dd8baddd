import type { Agent } from "../home/agent.ts";
import { isWithin } from "../home/paths.ts";
import { isSecretFile } from "../secrets/secrets.ts";
import { contentDifference, loneContent } from "./compare-content.ts";
import { type FileDifference, isOtherMode } from "./file-difference.ts";
import { withRenamed } from "./renamed.ts";
import { isSame } from "./same-item.ts";
import type { Item, Side } from "./side.ts";
import { innerHomeOf, placeOf, weightOf } from "./weight.ts";

export interface Compared {
	readonly left: Side;
	readonly right: Side;
	/** The right one is the home: what a restore would do. */
	readonly isNow: boolean;
	readonly isWanted: (path: string) => boolean;
	/** A plan has said what a restore will touch: no rule says otherwise. */
	readonly isPlanned: boolean;
	/** Why a restore would leave it as it is. */
	readonly whyStays: (
		path: string,
		right: Item | undefined,
	) => string | undefined;
	/** Unified diffs and rows are wanted, too; so many rows of a table. */
	readonly rows: number;
	/** Keys of a file; undefined: the usual number. */
	readonly keys: number | undefined;
	readonly isFull: boolean;
}

/** All differences, by path. What cannot be read is one, and keeps nobody from the rest. */
export async function compareSides(
	agent: Agent,
	compared: Compared,
): Promise<FileDifference[]> {
	const { left, right, isWanted } = compared;
	const paths = new Set([...left.items.keys(), ...right.items.keys()]);
	const found: FileDifference[] = [];
	for (const path of [...paths].filter(isWanted).sort())
		found.push(...(await differencesAt(agent, compared, path)));
	const renamed = await withRenamed(found, compared);
	const all = [...renamed, ...lostAlone(agent, compared)];
	return withoutDirectories(withNewHomes(agent, compared, all)).sort((a, b) =>
		a.path < b.path ? -1 : 1,
	);
}

/** Says of what only one side has whether that is all of a home within the home. */
function withNewHomes(
	{ host }: Agent,
	{ left, right }: Compared,
	found: readonly FileDifference[],
): FileDifference[] {
	const [lefts, rights] = [left, right].map(
		({ items }) =>
			new Set([...items.keys()].map((path) => innerHomeOf(host, path))),
	);
	return found.map((one) => {
		const home = innerHomeOf(host, one.path);
		const others = one.is === "left" ? rights : lefts;
		const isNew =
			home !== undefined && one.is !== "changed" && !others?.has(home);
		return isNew ? { ...one, newHome: home } : one;
	});
}

async function differencesAt(
	agent: Agent,
	compared: Compared,
	path: string,
): Promise<FileDifference[]> {
	const { isNow, isPlanned, whyStays } = compared;
	const isRuled = isNow && !isPlanned;
	const [left, right] = [
		compared.left.items.get(path),
		compared.right.items.get(path),
	];
	// Of what was not looked for then a restore leaves all as it is.
	if (isRuled && !left && !compared.left.wasAbsent(path))
		return notSaved(agent, compared, path, right);
	const lost = whyLost(compared, path, left, right);
	const stays = isRuled ? whyStays(path, right) : undefined;
	const common = {
		path,
		left,
		right,
		...natureOf(agent, path),
		...(stays !== undefined && { stays }),
	};
	if (left && right && lost === undefined) {
		const same = await isSame(compared, left, right);
		if (same === true && !isOtherMode(left, right)) return [];
		const content =
			same === true
				? undefined
				: await contentDifference(agent, compared, left, right, same);
		if (content === "none" && !isOtherMode(left, right)) return [];
		const { things = [], ...rest } = content === "none" ? {} : (content ?? {});
		return [{ ...common, is: "changed", things, ...rest }];
	}
	const is = left === undefined ? "right" : "left";
	const things = await loneContent(agent, compared, left, right);
	const why =
		lost === undefined
			? {}
			: { content: { in: "unknown", why: lost } as const };
	return [
		{
			...common,
			is: lost !== undefined && left && right ? "changed" : is,
			things,
			...why,
		},
	];
}

function notSaved(
	agent: Agent,
	{ left }: Compared,
	path: string,
	right: Item | undefined,
): FileDifference[] {
	const lost = left.missed.find((one) => one.lost && isWithin(path, one.path));
	if (lost === undefined) return [];
	const stays = `not in the snapshot: ${lost.why}`;
	return [
		{
			path,
			is: "right",
			left: undefined,
			right,
			things: [],
			...natureOf(agent, path),
			stays,
		},
	];
}

function natureOf(
	{ host }: Agent,
	path: string,
): Pick<FileDifference, "isSecret" | "weight" | "place"> {
	return {
		isSecret: isSecretFile(host, path),
		weight: weightOf(host, path),
		place: placeOf(host, path),
	};
}

/** Why one side does not have it, though it was there. */
function whyLost(
	{ left, right }: Compared,
	path: string,
	one: Item | undefined,
	other: Item | undefined,
): string | undefined {
	const side =
		one === undefined ? left : other === undefined ? right : undefined;
	return side?.missed.find((missed) => isWithin(path, missed.path))?.why;
}

/** Could not be read on either side, or on the one that has it alone. */
function lostAlone(
	agent: Agent,
	{ left, right, isWanted }: Compared,
): FileDifference[] {
	const known = (path: string) =>
		left.items.has(path) ||
		right.items.has(path) ||
		left.missed.some((one) => isWithin(path, one.path));
	return right.missed
		.filter(({ path, lost }) => lost && isWanted(path) && !known(path))
		.map(({ path, why }) => ({
			path,
			is: "right",
			left: undefined,
			right: undefined,
			content: { in: "unknown", why },
			things: [],
			...natureOf(agent, path),
		}));
}

/** A directory goes without saying where something in it is named. */
function withoutDirectories(
	found: readonly FileDifference[],
): FileDifference[] {
	const named = found.flatMap(({ path, rightPath = path }) => [
		path,
		rightPath,
	]);
	return found.filter(({ path, is, left, right }) => {
		const isDirectory = (left ?? right)?.kind === "directory";
		if (!isDirectory || is === "changed") return true;
		return !named.some((other) => other !== path && isWithin(other, path));
	});
}
