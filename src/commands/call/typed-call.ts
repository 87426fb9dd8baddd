import { SnapshotError } from "../../errors.ts";
import { type Call, parseUnfinished } from "./grammar.ts";
import { joinWords, splitWords } from "./words.ts";

/** What was typed, taken apart. Arguments may be missing. */
export interface TypedCall {
	/** "restore" for "rewind 3". */
	readonly verb: string;
	readonly positionals: readonly string[];
	readonly flags: Call["flags"];
}

/** Undefined: no verb can be called like that. */
export function typedCall(text: string): TypedCall | undefined {
	try {
		const { verb, ...rest } = parseUnfinished(splitWords(text));
		return { ...rest, verb: verb.name };
	} catch (error) {
		if (error instanceof SnapshotError) return undefined;
		throw error;
	}
}

/** The inverse of `typedCall`. */
export function textOf({ verb, positionals, flags }: TypedCall): string {
	const options = Object.entries(flags).flatMap(([name, value]) =>
		value === true
			? `--${name}`
			: [value].flat().map((one) => `--${name}=${one}`),
	);
	return joinWords([verb, ...options, "--", ...positionals]);
}
