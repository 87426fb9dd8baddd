import { placeOfCommand } from "./commands/call/command-words.ts";
import { findVerb } from "./commands/call/grammar.ts";
import { splitWords } from "./commands/call/words.ts";
import { SnapshotError } from "./errors.ts";
import { type HostName, hosts } from "./hosts/index.ts";

/** What stands before and around the words of the command itself. */
export interface CommandLine {
	readonly home: string | undefined;
	readonly host: keyof typeof hosts;
	/** Which agent, or where its home is, was said. */
	readonly isNamed: boolean;
	readonly json: boolean;
	/** Called by an agent's plugin: replies name the commands as they are typed in a chat. */
	readonly chat: boolean;
	/** What shows the reply takes it for Markdown. */
	readonly markdown: boolean;
	/** How the person called us, if not by our own name: by a command of the agent's, say. */
	readonly called: string | undefined;
	/** What takes long says so in JSON lines on standard error. */
	readonly progress: boolean;
	readonly version: boolean;
	/** The verb and what follows it. */
	readonly words: readonly string[];
	/** The line cannot be understood. */
	readonly problem: SnapshotError | undefined;
}

export const DEFAULT_HOST: HostName = "hermes";

const VALUED = ["--home", "--host", "--typed", "--called", "--progress"];
const PLAIN = ["--json", "--chat", "--markdown", "--version"];

/**
 * `agent-snapshot [--home DIR] [--host NAME] [--json] [--progress json] <verb> …`. These flags are understood behind the verb too, up to
 * a "--", and up to the command that one runs. A "--" before the verb ends them: what a plugin passes on behind it is a person's words and nothing else.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
	const words: string[] = [];
	const values = new Map<string, string>();
	const rest = [...args];
	for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
		const [, name = "", joined] = /^(--[a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
		if (word === "--") {
			words.push(...(words.length === 0 ? [] : ["--"]), ...rest);
			break;
		}
		if (VALUED.includes(name)) values.set(name, joined ?? rest.shift() ?? "");
		else if (PLAIN.includes(word)) values.set(word, "");
		else words.push(word);
		if (isCommand(words)) {
			words.push(...rest);
			break;
		}
	}
	// From plugins that cannot split it as we do: all that was typed behind the name.
	const typed = values.get("--typed");
	return {
		home: values.get("--home"),
		host: isHost(values.get("--host"))
			? (values.get("--host") as keyof typeof hosts)
			: DEFAULT_HOST,
		isNamed: values.has("--host") || values.has("--home"),
		json: values.has("--json"),
		chat: values.has("--chat"),
		markdown: values.has("--markdown"),
		called: values.get("--called"),
		progress: values.has("--progress"),
		version: values.has("--version"),
		words: typed === undefined ? words : splitWords(typed),
		problem: problemWith(values),
	};
}

/** With the last of them the words of another program begin: what looks like a flag of ours behind it is its own. */
function isCommand([name = "", ...words]: readonly string[]): boolean {
	const verb = findVerb(name);
	return verb !== undefined && placeOfCommand(verb, words) !== undefined;
}

function problemWith(
	values: ReadonlyMap<string, string>,
): SnapshotError | undefined {
	const host = values.get("--host");
	const known = Object.keys(hosts).join(", ");
	if (host !== undefined && !isHost(host))
		return usage(
			`There is no host ${JSON.stringify(host)}.`,
			`Hosts: ${known}.`,
		);
	const progress = values.get("--progress");
	if (progress !== undefined && progress !== "json")
		return usage(
			`--progress knows no form ${JSON.stringify(progress)}.`,
			"The only one is --progress json. A terminal shows it without.",
		);
	if (values.get("--home") === "")
		return usage("--home needs a directory.", "For example: --home ~/.hermes");
	return undefined;
}

function usage(message: string, hint: string): SnapshotError {
	return new SnapshotError("usage", `${message} Nothing was changed.`, {
		hint,
	});
}

function isHost(name: string | undefined): boolean {
	return name !== undefined && Object.hasOwn(hosts, name);
}
