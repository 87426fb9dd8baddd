import type { Diff } from "../../core/diff/diff.ts";
import { belowHome } from "../../core/home/below-home.ts";
import { typable } from "../../core/words.ts";
import { usageError } from "../call/grammar.ts";
import type { Invocation } from "../call/handler.ts";
import { refOf } from "../text/text.ts";

/** Which two are to be compared, and where, as they were typed. */
export interface Asked {
	readonly left: string;
	/** Undefined: now. */
	readonly right: string | undefined;
	readonly path: string | undefined;
}

/**
 * The second word may be left out: then the present is meant, and a path may come in its place. The present itself cannot be
 * restored, so that it is the other one wherever it stands.
 */
export function askedFor({ positionals, verb }: Invocation): Asked {
	const [first = "", second, third, ...more] = positionals;
	const paths = (isRef(second) ? [third] : [second, third]).filter(
		(one) => one !== undefined,
	);
	if (paths.length > 1 || more.length > 0)
		throw usageError(verb, "It takes one path: of another one ask again.");
	const [path] = paths;
	const other = isRef(second) && second !== "now" ? second : undefined;
	if (first !== "now") return { left: first, right: other, path };
	if (other !== undefined) return { left: other, right: undefined, path };
	throw usageError(verb, "It compares the present with a snapshot: name one.");
}

/** As in `DiffRequest`. */
export function pathBelow(
	{ path }: Asked,
	agent: Parameters<typeof belowHome>[1],
): string | undefined {
	return path === undefined ? undefined : belowHome(path, agent);
}

/** A file called like that is meant by "./3". */
function isRef(word: string | undefined): boolean {
	return word !== undefined && /^(now|latest|#?\d{1,7}|\d{8}-\d.*)$/.test(word);
}

/** "diff 2 1 state.db", with the numbers that the snapshots have now. */
export function askedAgain({ left, right }: Diff, path?: string): string {
	const refs = [left, right].flatMap((one) => (one ? [refOf(one)] : []));
	const word = right === undefined && isRef(path) ? `./${path}` : (path ?? "");
	return ["diff", ...refs, ...(word === "" ? [] : [typable(word)])].join(" ");
}
