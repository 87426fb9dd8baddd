import { COMMAND, findVerb, VERBS } from "./grammar.ts";

export interface Completion {
	/** All of what may stand in the place of `word`. */
	readonly candidates: readonly string[];
	/** What is typed of it so far. */
	readonly word: string;
}

/** What else can be typed at the prompt, besides the command. */
export const PROMPT_WORDS = ["help", "exit"];

/** Works out what Tab offers, from plugin.json alone. `snapshots` says what a snapshot can be called; asked only if needed. */
export async function completeLine(
	line: string,
	snapshots: () => Promise<readonly string[]>,
): Promise<Completion> {
	const words = line.trimStart().split(/\s+/);
	const word = words.at(-1) ?? "";
	const candidates = await candidatesAfter(words.slice(0, -1), word, snapshots);
	return { candidates: candidates.filter((one) => one.startsWith(word)), word };
}

async function candidatesAfter(
	[command, name, ...rest]: readonly string[],
	word: string,
	snapshots: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
	const commands = [COMMAND.name, ...COMMAND.aliases].map((one) => `/${one}`);
	if (command === undefined)
		return [...commands.map((one) => `${one} `), ...PROMPT_WORDS];
	if (!commands.includes(command) || rest.includes("--")) return [];
	if (name === undefined)
		return VERBS.flatMap((verb) => [verb.name, ...verb.aliases]).map(
			(one) => `${one} `,
		);
	const verb = findVerb(name);
	if (verb === undefined) return [];
	if (word.startsWith("-"))
		return Object.keys(verb.flags).map((flag) => `--${flag} `);
	const position = rest.filter((one) => !one.startsWith("-")).length;
	const { completes } = verb.arguments[position] ?? {};
	if (completes === "commands") return VERBS.map((one) => one.name);
	return completes === "snapshots" ? await snapshots() : [];
}
