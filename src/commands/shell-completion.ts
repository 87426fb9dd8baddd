import { lookInside } from "../core/inside/inside.ts";
import { listForPeople } from "../core/store/listing-noted.ts";
import { SnapshotError } from "../errors.ts";
import { type Offer, offersAfter, SHELLS } from "./call/completion.ts";
import { SCRIPTS } from "./call/completion-scripts.ts";
import { usageError, VERBS } from "./call/grammar.ts";
import type { Handler, Invocation } from "./call/handler.ts";
import { ageText, bytesText, printable } from "./text/text.ts";

/** What those scripts ask with, of which nobody needs to know. */
const ASKING = "offer";

export const completion: Handler = async (invocation) => {
	const { positionals, verb } = invocation;
	const [name, ...words] = positionals;
	if (name === ASKING)
		return { text: (await offered(invocation, words)).join("\n"), data: {} };
	const shell = SHELLS.find((one) => one === name);
	if (shell === undefined || words.length > 0)
		throw usageError(verb, `There are scripts for ${SHELLS.join(", ")}.`);
	return { text: SCRIPTS[shell], data: { shell } };
};

/** Understood before the verb; the scripts hand over the first two themselves. */
const BEFORE: readonly Offer[] = [
	{ text: "--home", about: "the agent's home directory" },
	{ text: "--host", about: "the agent's name, as `hosts` shows it" },
	{ text: "--json", about: "one JSON object" },
	{ text: "--progress", about: "json: events of what takes long" },
	{ text: "--version", about: "the version" },
];

/** A line each: what may stand in the place of the last word, a tab, and what that is. */
async function offered(
	invocation: Invocation,
	words: readonly string[],
): Promise<string[]> {
	const word = words.at(-1) ?? "";
	const before = words
		.slice(0, -1)
		.filter((one) => one !== "--json" && one !== "--version");
	const hosts = invocation.known.map(({ host }) => host.name);
	const offers =
		before.at(-1) === "--host"
			? hosts.map((text): Offer => ({ text, about: "" }))
			: before.length === 0 && word.startsWith("-")
				? BEFORE
				: await offersAfter(before, word, {
						verbs: VERBS,
						hosts,
						snapshots: async () => snapshotsOf(invocation, word),
						paths: (ref, typed) => pathsOf(invocation, ref, typed),
					});
	return offers
		.filter(({ text }) => text.startsWith(word))
		.map(({ text, about }) => `${text}\t${printable(about)}`);
}

/** By their numbers, and where an id is begun by those. Where there is no home, there are none. */
function snapshotsOf(invocation: Invocation, word: string): Offer[] {
	return orNone(() => {
		const agent = invocation.agent();
		const now = agent.system.clock.now();
		const { snapshots } = listForPeople(agent);
		const told = snapshots.map(({ id, label, number, createdAt }) => ({
			id,
			number,
			about: `${label ?? id}, ${ageText(createdAt, now)}`,
		}));
		const numbered = told
			.filter(({ number }) => number !== undefined)
			.map(({ number, about }) => ({ text: String(number), about }));
		const ids = told.map(({ id, about }) => ({ text: printable(id), about }));
		return [
			...(numbered.length > 0 ? [{ text: "latest", about: "the newest" }] : []),
			...numbered,
			...(word.length < BEGUN ? [] : ids),
		];
	});
}

/** As they are typed below the home; a directory with a slash, behind which it goes on. */
function pathsOf(invocation: Invocation, ref: string, word: string): Offer[] {
	return orNone(() => {
		const start = word.slice(0, word.lastIndexOf("/") + 1);
		const directory = start.slice(0, -1);
		const { names } = lookInside(invocation.agent(), ref, directory);
		return names
			.filter(({ name }) => printable(name) === name)
			.map(({ name, kind, bytes }) => ({
				text: `${start}${name}${kind === "directory" ? "/" : ""}`,
				about: kind === "link" ? kind : bytesText(bytes),
			}));
	});
}

/** Whatever is wrong, Tab says nothing of it. */
function orNone(offers: () => Offer[]): Offer[] {
	try {
		return offers();
	} catch (error) {
		if (error instanceof SnapshotError) return [];
		throw error;
	}
}

/** Characters of an id that no number of a snapshot has. */
const BEGUN = 4;
