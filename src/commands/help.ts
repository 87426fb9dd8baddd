import { SnapshotError } from "../errors.ts";
import { COMMAND, findVerb, VERBS, type Verb } from "./grammar.ts";
import { type Handler, isChat } from "./handler.ts";
import { EXIT_TEXT } from "./reply.ts";

export const help: Handler = ({ positionals, prefix }) => {
	const [name] = positionals;
	if (name === undefined)
		return {
			text: overview(prefix).join("\n"),
			data: { verbs: verbsIn(prefix).map((verb) => verb.name) },
		};
	const verb = findVerb(name);
	if (verb === undefined)
		throw new SnapshotError(
			"usage",
			`There is no command ${JSON.stringify(name)}.`,
			{
				hint: `Commands: ${VERBS.map((one) => one.name).join(", ")}.`,
			},
		);
	return { text: details(verb, prefix).join("\n"), data: { verb: verb.name } };
};

function verbsIn(prefix: string): readonly Verb[] {
	return VERBS.filter(({ terminal }) => !(terminal && isChat(prefix)));
}

function overview(prefix: string): string[] {
	const verbs = verbsIn(prefix);
	const width = Math.max(...verbs.map(({ usage }) => usage.length));
	return [
		`${COMMAND.description}.`,
		...verbs.map(
			({ usage, summary }) => `  ${prefix} ${usage.padEnd(width)}  ${summary}`,
		),
		...(isChat(prefix)
			? []
			: [
					"Before the command: --home DIR, --host NAME, --json (one JSON object), --progress json (events of what takes long), --version",
				]),
		`Exit codes: ${EXIT_TEXT}`,
	];
}

function details(
	{ usage, aliases, summary, arguments: words, flags, examples }: Verb,
	prefix: string,
): string[] {
	const options = Object.entries(flags).map(
		([name, { value, summary: what }]) => [
			`--${name}${value === undefined ? "" : ` ${value}`}`,
			what,
		],
	);
	const rows = [
		...words.map(({ name, summary: what }) => [name, what]),
		...options,
	];
	const width = Math.max(0, ...rows.map(([left = ""]) => left.length));
	return [
		`${prefix} ${usage}`,
		`${summary}.${aliases.length > 0 ? ` Also: ${aliases.join(", ")}.` : ""}`,
		...rows.map(([left = "", right]) => `  ${left.padEnd(width)}  ${right}`),
		"Examples:",
		...examples.map((example) => `  ${prefix} ${example}`),
	];
}
