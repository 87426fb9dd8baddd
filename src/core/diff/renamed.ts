import type { Compared } from "./compare-sides.ts";
import type { FileDifference } from "./file-difference.ts";
import { type Item, type Side, Unseen } from "./side.ts";

/** A file that one side has under another name: what only that side has, and the other side only somewhere else. */
export async function withRenamed(
	found: readonly FileDifference[],
	{ left, right }: Compared,
): Promise<FileDifference[]> {
	const lefts = found.filter(({ left, right }) => isLone(left, right));
	const rights = found.filter(({ left, right }) => isLone(right, left));
	const waiting = new Map<string, FileDifference[]>();
	const sizes = new Set(lefts.map((one) => one.left?.size));
	for (const other of rights) {
		if (!sizes.has(other.right?.size)) continue;
		const name = await nameIn(right, other.right, other);
		waiting.set(name, [...(waiting.get(name) ?? []), other]);
	}
	const others = new Set(rights.map((other) => other.right?.size));
	const gone = new Set<FileDifference>();
	const renamed: FileDifference[] = [];
	for (const one of lefts) {
		if (!others.has(one.left?.size)) continue;
		const other = waiting.get(await nameIn(left, one.left, one))?.shift();
		if (other === undefined) continue;
		gone.add(one).add(other);
		const { path: rightPath } = other;
		renamed.push({
			...one,
			is: "changed",
			right: other.right,
			rightPath,
			things: [],
		});
	}
	return [...found.filter((one) => !gone.has(one)), ...renamed];
}

function isLone(item: Item | undefined, other: Item | undefined): boolean {
	return other === undefined && item?.kind === "file" && item.size > 0;
}

/** What it says, and what a restore does with it. What cannot be read is like nothing else. */
async function nameIn(
	side: Side,
	item: Item | undefined,
	{ path, stays = "" }: FileDifference,
): Promise<string> {
	if (item === undefined) return path;
	try {
		const hash =
			item.known?.length === 64 ? item.known : await side.hashOf(item);
		return `${hash} ${stays}`;
	} catch (error) {
		if (error instanceof Unseen) return path;
		throw error;
	}
}
