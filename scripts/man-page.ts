/** The manual page, from plugin.json: what `man agent-snapshot` shows. */
import {
	type Argument,
	type Flag,
	VERBS,
	type Verb,
} from "../src/commands/call/grammar.ts";
import { EXIT_TEXT } from "../src/commands/call/reply.ts";

const GLOBAL: readonly (readonly [string, string])[] = [
	["--home DIR", "the agent's home directory, if it is not in its usual place"],
	["--host NAME", "the agent, as `hosts` shows it (default: hermes)"],
	["--json", "one JSON object: see docs/json.md"],
	["--progress json", "events of what takes long, on standard error"],
	["--version", "the version"],
];

/** In the man(7) macros, which man-db, mandoc and groff know. */
export function manPage(version: string, description: string): string {
	return [
		`.TH AGENT-SNAPSHOT 1 "" "agent-snapshot ${roff(version)}" "User Commands"`,
		".SH NAME",
		"agent\\-snapshot \\- snapshots of an AI agent's state",
		".SH SYNOPSIS",
		".B agent\\-snapshot",
		"[\\fIoptions\\fR] [\\fIcommand\\fR] [\\fIwords\\fR]",
		".SH DESCRIPTION",
		text(description),
		"Without a command the snapshots are listed.",
		".SH OPTIONS",
		"Understood before the command and behind it:",
		...GLOBAL.flatMap(([name, what]) => tagged(name, what)),
		".SH COMMANDS",
		...VERBS.flatMap(verbText),
		".SH EXIT STATUS",
		text(`${EXIT_TEXT}.`),
		".SH ENVIRONMENT",
		...tagged("NO_COLOR, FORCE_COLOR", "no colour, or colour in any case"),
		...tagged("AGENT_SNAPSHOT_DEBUG", "1: a bug shows where it is"),
		".SH FILES",
		...tagged(
			"state-snapshots/",
			"in the agent's home: the snapshots, and config.json",
		),
	]
		.join("\n")
		.concat("\n");
}

function verbText(verb: Verb): string[] {
	const { usage, summary, about, aliases, flags, examples } = verb;
	const also = aliases.length > 0 ? ` Also: ${aliases.join(", ")}.` : "";
	return [
		`.SS "${roff(usage).replaceAll('"', "\\(dq")}"`,
		text([`${summary}.${also}`, about].filter(Boolean).join(" ")),
		...verb.arguments.flatMap(argumentText),
		...Object.entries(flags).flatMap(flagText),
		".PP",
		"For example:",
		".PP",
		".nf",
		".RS",
		...examples.map((example) => text(`agent-snapshot ${example}`)),
		".RE",
		".fi",
	];
}

function argumentText({ name, summary }: Argument): string[] {
	return [".TP", `.I ${roff(name)}`, text(summary)];
}

function flagText([name, { value, summary }]: [string, Flag]): string[] {
	return tagged(`--${name}${value === undefined ? "" : ` ${value}`}`, summary);
}

function tagged(name: string, what: string): string[] {
	return [".TP", `.B ${roff(name)}`, text(what)];
}

/** A line that begins with a dot or an apostrophe would be a request. */
function text(line: string): string {
	return roff(line).replace(/^[.']/, "\\&$&");
}

function roff(line: string): string {
	return line
		.replaceAll("\\", "\\e")
		.replaceAll("-", "\\-")
		.replaceAll("…", "...");
}
