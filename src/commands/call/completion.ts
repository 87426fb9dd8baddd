import { COMMAND, findVerb, VERBS, type Verb } from "./grammar.ts";

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
	[command, ...words]: readonly string[],
	word: string,
	snapshots: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
	const commands = [COMMAND.name, ...COMMAND.aliases].map((one) => `/${one}`);
	if (command === undefined)
		return [...commands.map((one) => `${one} `), ...PROMPT_WORDS];
	if (!commands.includes(command)) return [];
	const offers = await offersAfter(words, word, {
		verbs: VERBS.filter(({ terminal }) => !terminal),
		snapshots: async () =>
			(await snapshots()).map((text) => ({ text, about: "" })),
		paths: () => [],
		hosts: [],
	});
	return offers.map(({ text, goesOn }) => (goesOn ? `${text} ` : text));
}

export interface Offer {
	readonly text: string;
	/** In a few words. */
	readonly about: string;
	/** Something is to follow. */
	readonly goesOn?: true;
}

export interface Known {
	readonly verbs: readonly Verb[];
	/** Asked only if needed. */
	readonly snapshots: () => Promise<readonly Offer[]>;
	/** What lies in the directory of a snapshot in which the word is. */
	readonly paths: (ref: string, word: string) => readonly Offer[];
	readonly hosts: readonly string[];
}

/** What may stand behind these words, whatever is typed of it so far but for a dash. */
export async function offersAfter(
	[name, ...rest]: readonly string[],
	word: string,
	known: Known,
): Promise<readonly Offer[]> {
	if (rest.includes("--")) return [];
	if (name === undefined)
		return known.verbs.flatMap((verb) =>
			[verb.name, ...verb.aliases].map(
				(text): Offer => ({ text, about: verb.summary, goesOn: true }),
			),
		);
	const verb = findVerb(name);
	if (verb === undefined) return [];
	const takesValue = (one: string | undefined) =>
		verb.flags[one?.replace(/^--/, "") ?? ""]?.type === "string";
	if (takesValue(rest.at(-1))) return [];
	if (word.startsWith("-"))
		return Object.entries(verb.flags).map(([flag, { summary }]) => ({
			text: `--${flag}`,
			about: summary,
			goesOn: true,
		}));
	const positionals = rest.filter(
		(one, index) => !one.startsWith("-") && !takesValue(rest[index - 1]),
	);
	const last = verb.arguments.at(-1);
	const argument =
		verb.arguments[positionals.length] ?? (last?.rest ? last : undefined);
	return argument?.completes === "paths"
		? known.paths(positionals[0] ?? "", word)
		: offersOf(argument?.completes, known);
}

function offersOf(
	kind: string | undefined,
	{ snapshots, hosts }: Pick<Known, "snapshots" | "hosts">,
): Promise<readonly Offer[]> | readonly Offer[] {
	switch (kind) {
		case "commands":
			return VERBS.map((one) => ({ text: one.name, about: one.summary }));
		case "hosts":
			return hosts.map((text) => ({ text, about: "" }));
		case "schedule":
			return SCHEDULE.map((text) => ({ text, about: "" }));
		case "shells":
			return SHELLS.map((text) => ({ text, about: "" }));
		case "snapshots":
			return snapshots();
		default:
			return [];
	}
}

/** Those whose own completion can ask us. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

const SCHEDULE = ["install", "status", "remove", "run"] as const;
