import { diffSnapshots } from "../core/diff/diff.ts";
import { belowHome } from "../core/home/below-home.ts";
import { usageError } from "./call/grammar.ts";
import type { Handler, Invocation } from "./call/handler.ts";
import { diffData } from "./diff/diff-data.ts";
import { fullText } from "./diff/diff-full-text.ts";
import { shortText } from "./diff/diff-text.ts";

/** Rows of each table that are named. */
const ROWS = 20;

/** Changes nothing, and waits for nobody. */
export const diff: Handler = async (invocation) => {
	const agent = invocation.agent();
	const isFull = invocation.flags.full === true;
	const found = await diffSnapshots(agent, {
		...meant(invocation),
		...pathOf(invocation, agent),
		rows: ROWS,
		isFull,
	});
	const now = agent.system.clock.now();
	const how = { now, prefix: invocation.prefix };
	return {
		text: (isFull ? fullText : shortText)(found, how).join("\n"),
		data: diffData(found, isFull),
	};
};

/**
 * The second word may be left out: then the present is meant, and a path may come in its place. The present itself cannot be
 * restored, so that it is the other one wherever it stands.
 */
function meant({ positionals, verb }: Invocation): {
	left: string;
	right: string | undefined;
} {
	const [first = "", second] = positionals;
	const other = isRef(second) && second !== "now" ? second : undefined;
	if (first !== "now") return { left: first, right: other };
	if (other !== undefined) return { left: other, right: undefined };
	throw usageError(verb, "It compares the present with a snapshot: name one.");
}

function pathOf(
	{ positionals, verb }: Invocation,
	agent: Parameters<typeof belowHome>[1],
): { path: string | undefined } {
	const [, second, third, ...more] = positionals;
	const paths = (isRef(second) ? [third] : [second, third]).filter(
		(one) => one !== undefined,
	);
	if (paths.length > 1 || more.length > 0)
		throw usageError(verb, "It takes one path: of another one ask again.");
	const [path] = paths;
	return { path: path === undefined ? undefined : belowHome(path, agent) };
}

/** A file called like that is meant by "./3". */
function isRef(word: string | undefined): boolean {
	return word !== undefined && /^(now|latest|#?\d{1,7}|\d{8}-\d.*)$/.test(word);
}
