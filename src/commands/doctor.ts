import { hasHome, type KnownAgent } from "../core/home/known-agent.ts";
import { examine } from "../core/status/examine.ts";
import type { Finding } from "../core/status/finding.ts";
import { COMMAND, usageError } from "./call/grammar.ts";
import { type Handler, type Invocation, isChat } from "./call/handler.ts";
import { EXIT } from "./call/reply.ts";
import { adviceText, typedFor } from "./status/advice-text.ts";
import { firstOf, roomBeside } from "./text/room.ts";
import { columns, countText, printable } from "./text/text.ts";

const MARKS: Readonly<Record<Finding["level"], string>> = {
	ok: "ok",
	note: "note",
	problem: "PROBLEM",
};
/** Of each agent, unless all are wanted. */
const SHOWN = 20;
/** A home full of stray databases must not hide what is worse. */
const WORST_FIRST: readonly Finding["level"][] = ["problem", "note", "ok"];

const OF_A_KIND = 3;

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
	invocation: Invocation,
): string[] {
	const { flags, lines } = invocation;
	const typed = typedFor(known, invocation);
	const isChat = lines !== undefined;
	// Beside the versions, the agent, how many more there are, and the count of problems.
	const most = roomBeside(invocation, 4, SHOWN);
	const ordered = worstFirst(findings);
	const shown = flags.all === true ? ordered : firstOf(ordered, most);
	const rows = shown.map(({ level, about, text, advice }) => [
		MARKS[level],
		about,
		printable(
			adviceText(advice === undefined ? text : `${text}: ${advice}`, typed),
		),
	]);
	const hidden = findings.length - shown.length;
	return [
		...(isChat ? [] : [""]),
		`${known.host.title}, at ${printable(known.places.home)}`,
		// Sentences do not fit into the columns of a chat.
		...(isChat
			? rows.map(([level, about, said]) => `${level}, ${about}: ${said}`)
			: columns(rows).map((row) => `  ${row}`)),
		...(hidden > 0
			? [`  and ${hidden} more: ${typed.here} doctor ${known.host.name} --all`]
			: []),
	];
}

/** And of one kind not more than some, before others of its level had their turn. */
function worstFirst(findings: readonly Finding[]): Finding[] {
	const seen = new Map<string, number>();
	const placed = findings.map((finding) => {
		const { level, about } = finding;
		const kind = `${level} ${about}`;
		const before = seen.get(kind) ?? 0;
		seen.set(kind, before + 1);
		const place = WORST_FIRST.indexOf(level) + (before < OF_A_KIND ? 0 : 0.5);
		return { finding, place };
	});
	return placed
		.toSorted((a, b) => a.place - b.place)
		.map(({ finding }) => finding);
}

function examinedData({ known, findings }: Examined): Record<string, unknown> {
	return { host: known.host.name, home: known.places.home, findings };
}
