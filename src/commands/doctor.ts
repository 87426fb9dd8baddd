import { hasHome, type KnownAgent } from "../core/home/known-agent.ts";
import { examine } from "../core/status/examine.ts";
import type { Finding } from "../core/status/finding.ts";
import { COMMAND, usageError } from "./grammar.ts";
import { type Handler, type Invocation, isChat } from "./handler.ts";
import { EXIT } from "./reply.ts";
import { callable, columns, countText, printable } from "./text.ts";

const MARKS: Readonly<Record<Finding["level"], string>> = {
	ok: "ok",
	note: "note",
	problem: "PROBLEM",
};
/** Of each level: a home full of stray databases must not hide the rest. */
const SHOWN = 20;

interface Examined {
	readonly known: KnownAgent;
	readonly findings: readonly Finding[];
}

export const doctor: Handler = async (invocation) => {
	const { system } = invocation;
	const examined: Examined[] = [];
	for (const known of patients(invocation)) {
		const agent = invocation.agentOf(known);
		examined.push({ known, findings: await examine(agent, known) });
	}
	const problems = examined
		.flatMap(({ findings }) => findings)
		.filter(({ level }) => level === "problem");
	const { processes, programs, sqlite } = system;
	const versions = {
		[COMMAND.name]: processes.toolVersion,
		node: programs.node.version,
		sqlite: sqlite.version,
	};
	return {
		exitCode: problems.length === 0 ? EXIT.done : EXIT.failed,
		text: [
			`agent-snapshot ${processes.toolVersion} on Node ${programs.node.version} (${programs.node.path}) with SQLite ${sqlite.version}`,
			...examined.flatMap((one) => examinedText(one, invocation)),
			examined.length === 0
				? "No agent that we know is at home here."
				: `${countText(problems.length, "problem")} found.`,
		].join("\n"),
		data: { versions, hosts: examined.map(examinedData) },
	};
};

/** The one that was named, the one in whose chat we are, or all that are here. */
function patients({
	positionals: [name],
	known,
	meant,
	system,
	prefix,
	verb,
}: Invocation): readonly KnownAgent[] {
	if (name !== undefined) {
		const named = [meant, ...known].find(({ host }) => host.name === name);
		if (named === undefined) throw unknownHost(verb, name, known);
		return [named];
	}
	if (isChat(prefix)) return [meant];
	return known.filter((one) => hasHome(system.disk, one));
}

export function unknownHost(
	verb: Invocation["verb"],
	name: string,
	known: readonly KnownAgent[],
): Error {
	const names = known.map(({ host }) => host.name).join(", ");
	return usageError(
		verb,
		`There is no host ${JSON.stringify(name)}; there are ${names}.`,
	);
}

function examinedText(
	{ known, findings }: Examined,
	{ meant, prefix }: Invocation,
): string[] {
	// Told of several at once, each advice has to name its own.
	const typed =
		known.host === meant.host
			? prefix
			: `agent-snapshot --host ${known.host.name}`;
	const shown = findings.slice(0, SHOWN);
	const rows = shown.map(({ level, about, text, advice }) => [
		`  ${MARKS[level]}`,
		about,
		printable(
			callable(advice === undefined ? text : `${text}: ${advice}`, typed),
		),
	]);
	const hidden = findings.length - shown.length;
	return [
		"",
		`${known.host.title}, at ${printable(known.places.home)}`,
		...columns(rows),
		...(hidden > 0 ? [`  and ${hidden} more: see --json`] : []),
	];
}

function examinedData({ known, findings }: Examined): Record<string, unknown> {
	return { host: known.host.name, home: known.places.home, findings };
}
