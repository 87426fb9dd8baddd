import type { Invocation } from "../call/handler.ts";

/** Of a list so many at least are shown, whatever else there is to say. */
const LEAST = 2;

/** How many rows there is room for beside so many other lines; where nothing limits a reply, as many as usual. */
export function roomBeside(
	{ lines }: Pick<Invocation, "lines">,
	others: number,
	usual: number,
): number {
	return lines === undefined
		? usual
		: Math.min(usual, Math.max(LEAST, lines - others));
}

/** The first ones. A line that said "and 1 more" may as well say that one. */
export function firstOf<One>(
	all: readonly One[],
	most: number,
): readonly One[] {
	return all.length <= most + 1 ? all : all.slice(0, most);
}
