/**
 * `npm start`: a prompt where `/snapshot …` can be typed against the agent's home on this machine, or against one
 * made up for the occasion. Reads from a pipe, too, and then ends with the exit code of the last command.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { completeLine } from "../src/commands/call/completion.ts";
import { COMMAND } from "../src/commands/call/grammar.ts";
import { createSnapshotCommand, hosts } from "./adapter.ts";
import { makeDemoHome } from "./demo-home.ts";
import { showAgent, showPerson, showStory, YOU } from "./transcript.ts";

const EXIT = { usage: 2, interrupted: 130 };
const NAMES = [COMMAND.name, ...COMMAND.aliases];

const { variable, place } = hosts.hermes.home;
const usual = process.env[variable] || join(homedir(), place);
const demo = existsSync(usual) ? undefined : makeDemoHome();
const home = demo?.home ?? usual;
const snapshot = createSnapshotCommand(hosts.hermes, { home });

const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
const prompt = createInterface({
	input: process.stdin,
	...(onTerminal && { output: process.stdout, completer: complete }),
	prompt: `\n${YOU}`,
});
let closed = false;
prompt.once("close", () => {
	closed = true;
});
let interrupted = false;
// On a terminal Ctrl-C is a key like others, and ends as Ctrl-D does; everywhere else it is a signal.
prompt.on("SIGINT", () => prompt.close());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
	process.once(signal, () => {
		interrupted = true;
		prompt.close();
	});

let exitCode = 0;
try {
	showStory(greeting());
	exitCode = await converse();
} finally {
	demo?.remove();
}
if (demo !== undefined) showStory("The made-up home is removed.");
// A person at a terminal saw how each command went: npm need not report the last one as an error of its own.
if (interrupted) process.exitCode = EXIT.interrupted;
else if (!onTerminal) process.exitCode = exitCode;

function greeting(): string {
	const how = "Type /snapshot or /snap and what to do; help; exit.";
	return demo === undefined
		? `${hosts.hermes.title} home: ${home}. It is the real one: what is typed here is done to it.\n${how}`
		: `There is no ${hosts.hermes.title} home at ${usual}, so here is a made-up one, removed at the end: ${home}\n${how}`;
}

/** Answers line after line until there is no more. Returns the exit code of the last command. */
async function converse(): Promise<number> {
	let last = 0;
	showPrompt();
	for await (const line of prompt) {
		const text = line.trim();
		if (/^\/?(exit|quit)$/.test(text)) break;
		if (text !== "") {
			if (!onTerminal) showPerson(text);
			last = await answer(text);
		}
		if (interrupted) break;
		showPrompt();
	}
	prompt.close();
	return last;
}

/** Not after a Ctrl-C or Ctrl-D that came while a command was running. */
function showPrompt(): void {
	if (onTerminal && !closed) prompt.prompt();
}

async function answer(text: string): Promise<number> {
	const [, name = "", words = ""] = /^\/(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
	if (text !== "help" && !NAMES.includes(name)) {
		showAgent(`Commands begin with /${NAMES.join(" or /")}. Try: help`);
		return EXIT.usage;
	}
	const reply = await snapshot.run(text === "help" ? text : words);
	showAgent(reply.text);
	return reply.exitCode;
}

async function complete(line: string): Promise<[string[], string]> {
	const { candidates, word } = await completeLine(line, namesOfSnapshots);
	return [[...candidates], word];
}

/** What `restore` takes, of what there is now. */
async function namesOfSnapshots(): Promise<Map<string, string>> {
	const { data } = await snapshot.run("list --all");
	const { snapshots = [] } = data as {
		snapshots?: { id: string; label: string | null }[];
	};
	return new Map([
		["latest", ""],
		...snapshots.map(({ id, label }) => [id, label ?? ""] as const),
	]);
}
