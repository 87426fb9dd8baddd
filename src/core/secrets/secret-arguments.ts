import { type Typed, typedIn } from "./secret-commands.ts";
import { looksLikeSecret } from "./secret-looks.ts";

/** More of them, or longer ones, are no command that anybody types. */
const MOST = 300;
const LONGEST = 1000;

/** What a shell takes apart: within an argument it is as any other sign. */
const OF_SHELLS = /[\s"'`|;&\\]/g;

/** Flags behind which some programs take a password, and others none. */
const FLAG = /^-[apPkwN]$/;

/**
 * Where passwords stand in arguments that are read as one command line, by their places in the list.
 * @param program that is called with them, where it is told apart from them
 */
export function typedArguments(
	list: readonly unknown[],
	program = "",
): Map<number, Typed> {
	const typed = new Map<number, Typed>();
	if (list.length > MOST) return typed;
	const words = list.map((one) =>
		typeof one === "string" && one.length <= LONGEST
			? one.replace(OF_SHELLS, "\u0001")
			: "\u0001",
	);
	if (!words.some((word) => /^-[a-zA-Z]/.test(word))) return typed;
	for (const [at, word] of words.entries()) {
		const from = startOf(word, words[at - 1] ?? "");
		if (from !== undefined) typed.set(at, { from, to: word.length });
	}
	let start = program === "" ? 0 : program.length + 1;
	const found = typedIn([...(start > 0 ? [program] : []), ...words].join(" "));
	for (const [at, word] of words.entries()) {
		for (const { from, to } of found)
			if (from >= start && to <= start + word.length)
				typed.set(at, { from: from - start, to: to - start });
		start += word.length + 1;
	}
	return typed;
}

/** Where a password begins that is told without the program: of "-pS3cretPw9", and of "S3cretPw9" behind "-a". */
function startOf(word: string, before: string): number | undefined {
	if (FLAG.test(before) && looksLikeSecret(word, true)) return 0;
	return /^-[pP]/.test(word) && looksLikeSecret(word.slice(2), true)
		? 2
		: undefined;
}
