import { COMMAND, findVerb, VERBS } from "./grammar.ts";

export interface Completion {
	/** All of what may stand in the place of `word`. */
	readonly candidates: readonly string[];
	/** What else is known of some of them: a snapshot's label. */
	readonly labels: ReadonlyMap<string, string>;
	/** What is typed of it so far. */
	readonly word: string;
}

/** What else can be typed at the prompt, besides the command. */
export const PROMPT_WORDS = ["help", "exit"];

/** The ids of snapshots, with their labels; "" for none. */
type Snapshots = () => Promise<ReadonlyMap<string, string>>;

/**
 * Works out what Tab offers, from plugin.json alone. A snapshot is found by how its id or its label begins.
 * @param snapshots asked only if needed
 */
export async function completeLine(
	line: string,
	snapshots: Snapshots,
): Promise<Completion> {
	const words = line.trimStart().split(/\s+/);
	const word = words.at(-1) ?? "";
	let labels: ReadonlyMap<string, string> = new Map();
	const candidates = await candidatesAfter(
		words.slice(0, -1),
		word,
		async () => {
			labels = await snapshots();
			return [...labels.keys()];
		},
	);
	const typed = word.toLowerCase();
	const fits = (one: string) =>
		one.startsWith(word) ||
		(labels.get(one) ?? "").toLowerCase().startsWith(typed);
	return { candidates: candidates.filter(fits), labels, word };
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
		return VERBS.filter(({ terminal }) => !terminal)
			.flatMap((verb) => [verb.name, ...verb.aliases])
			.map((one) => `${one} `);
	const verb = findVerb(name);
	if (verb === undefined) return [];
	if (word.startsWith("-"))
		return Object.keys(verb.flags).map((flag) => `--${flag} `);
	const position = rest.filter((one) => !one.startsWith("-")).length;
	const { completes } = verb.arguments[position] ?? {};
	if (completes === "commands") return VERBS.map((one) => one.name);
	return completes === "snapshots" ? await snapshots() : [];
}
