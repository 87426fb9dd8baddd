import { SnapshotError } from "../errors.ts";
import { COMMAND, findVerb, VERBS, type Verb } from "./call/grammar.ts";
import { type Handler, type Invocation, isChat } from "./call/handler.ts";
import { EXIT_TEXT } from "./call/reply.ts";
import { roomBeside } from "./text/room.ts";
import { padded, widthsOf, wrapped } from "./text/width.ts";

export const help: Handler = (invocation) => {
	const { positionals, prefix } = invocation;
	const [name] = positionals;
	if (name === undefined) {
		const data = { verbs: verbsIn(prefix).map((verb) => verb.name) };
		const text = isShort(invocation)
			? beginning(invocation)
			: overview(invocation);
		return { text: text.join("\n"), data };
	}
	const verb = findVerb(name);
	if (verb === undefined)
		throw new SnapshotError(
			"usage",
			`There is no command ${JSON.stringify(name)}.`,
			{
				hint: `Commands: ${VERBS.map((one) => one.name).join(", ")}.`,
			},
		);
	const text = isShort(invocation)
		? inShort(verb, invocation)
		: inFull(verb, invocation);
	return { text: text.join("\n"), data: { verb: verb.name } };
};

function isShort({ lines, flags }: Invocation): boolean {
	return lines !== undefined && flags.all !== true;
}

function verbsIn(prefix: string): readonly Verb[] {
	return VERBS.filter(({ terminal }) => !(terminal && isChat(prefix)));
}

/** What people need first, in the order in which they do. */
const FIRST = ["create", "list", "diff", "restore", "undo", "status"];

function beginning(invocation: Invocation): string[] {
	const { prefix } = invocation;
	const others = verbsIn(prefix).length - FIRST.length;
	return [
		`${COMMAND.description}.`,
		...described(
			FIRST.flatMap((name) => findVerb(name) ?? []).map(({ name, summary }) => [
				`${prefix} ${name}`,
				summary,
			]),
			invocation,
		),
		`More about one: ${prefix} help restore`,
		`${others} more commands: ${prefix} help --all`,
	];
}

function overview(invocation: Invocation): string[] {
	const { prefix } = invocation;
	const rows = verbsIn(prefix).map(({ name, summary }) => [name, summary]);
	return [
		`${COMMAND.description}.`,
		...described(rows, invocation),
		`More about one, with examples: ${prefix} help restore`,
		...(isChat(prefix)
			? []
			: [
					"Before the command: --home DIR, --host NAME, --json (one JSON object), --progress json (events of what takes long), --version",
				]),
		`Exit codes: ${EXIT_TEXT}`,
	];
}

/** Arguments and flags, and what they are. */
function wordsOf({ arguments: words, flags }: Verb): string[][] {
	return [
		...words.map(({ name, summary }) => [name, summary]),
		...Object.entries(flags).map(([name, { value, summary }]) => [
			`--${name}${value === undefined ? "" : ` ${value}`}`,
			summary,
		]),
	];
}

function headOf({ usage, aliases, summary, about }: Verb, prefix: string) {
	const also = aliases.length > 0 ? ` Also: ${aliases.join(", ")}.` : "";
	return [
		`${prefix} ${usage}`,
		[`${summary}.${also}`, about].filter(Boolean).join(" "),
	];
}

function inShort(verb: Verb, invocation: Invocation): string[] {
	const { prefix } = invocation;
	const examples = verb.examples.slice(0, 2);
	const words = wordsOf(verb);
	// Beside the head, the examples, and how all is told.
	const room = roomBeside(invocation, 2 + examples.length + 1, words.length);
	const shown = words.slice(0, room);
	const isAll =
		shown.length === words.length && examples.length === verb.examples.length;
	return [
		...headOf(verb, prefix),
		...described(shown, invocation),
		...examples.map((example) => `Example: ${prefix} ${example}`),
		...(isAll ? [] : [`All of it: ${prefix} help ${verb.name} --all`]),
	];
}

function inFull(verb: Verb, invocation: Invocation): string[] {
	const { prefix } = invocation;
	return [
		...headOf(verb, prefix),
		...described(wordsOf(verb), invocation),
		"Examples:",
		...verb.examples.map((example) => `  ${prefix} ${example}`),
	];
}

/** Narrower than this, what is said of a word stands below it. */
const NARROW = 24;

/** Words, and beside each what it is. */
function described(
	rows: readonly (readonly string[])[],
	{ columns, lines: short }: Invocation,
): string[] {
	// Sentences do not fit into the columns of a chat.
	if (short !== undefined) return rows.map((row) => row.join(" – "));
	const [width = 0] = widthsOf(rows);
	const most = columns ?? Number.POSITIVE_INFINITY;
	const beside = width + 4;
	const isBelow = most - beside < NARROW;
	const indent = isBelow ? 6 : beside;
	return rows.flatMap(([word = "", what = ""]) => {
		const lines = wrapped(what, most - indent);
		const [first = "", ...more] = isBelow ? ["", ...lines] : lines;
		return [
			`  ${padded(word, width)}  ${first}`.trimEnd(),
			...more.map((line) => " ".repeat(indent) + line),
		];
	});
}
