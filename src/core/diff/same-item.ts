import { type Item, type Side, Unseen, unseenOf } from "./side.ts";

interface Sides {
	readonly left: Side;
	readonly right: Side;
}

/** Undefined: only a comparison of what they say can tell. An error is told with it, and damage that two share. */
export async function isSame(
	{ left, right }: Sides,
	one: Item,
	other: Item,
): Promise<boolean | undefined | Unseen> {
	if (one.kind !== other.kind) return false;
	if (one.kind === "directory") return true;
	if (one.kind === "link") return one.target === other.target;
	if (one.known !== undefined && one.known === other.known)
		return (
			unseenOf([
				await left.whyDamaged?.(one),
				await right.whyDamaged?.(other),
			]) ?? true
		);
	if (one.kind === "database") return undefined;
	if (one.size !== other.size) return false;
	try {
		const isHashed = one.known?.length === 64 && other.known?.length === 64;
		return isHashed
			? false
			: (await left.hashOf(one)) === (await right.hashOf(other));
	} catch (error) {
		if (error instanceof Unseen) return error;
		throw error;
	}
}
