import { type ParseArgsConfig, parseArgs } from "node:util";
import plugin from "../../../plugin.json" with { type: "json" };
import { errorCode, SnapshotError } from "../../errors.ts";
import { withCommandApart } from "./command-words.ts";
import { nearest } from "./nearest.ts";
import { whyWrongFlag } from "./wrong-flag.ts";

/** The shape of `plugin.json`, the one truth for verbs, flags, help, usage errors and completion. */
export interface Verb {
	readonly name: string;
	readonly aliases: readonly string[];
	readonly usage: string;
	readonly summary: string;
	/** What a person may fear, or expect in vain. */
	readonly about?: string;
	readonly arguments: readonly Argument[];
	readonly flags: Readonly<Record<string, Flag>>;
	readonly examples: readonly string[];
	/** The verb that is meant where no arguments follow: `ls` alone lists the snapshots, `ls 3` what is in one. */
	readonly bare?: string;
	/** It is not for chats: it starts programs, and several people may be there. */
	readonly terminal?: boolean;
	/** `dist/commands/create.js#create` */
	readonly handler: string;
}

export interface Argument {
	readonly name: string;
	readonly summary: string;
	readonly required?: boolean;
	/** Takes all the words that are left; of a "command" also those that look like flags of ours. */
	readonly rest?: boolean | "command";
	readonly completes?: string;
}

export interface Flag {
	readonly type: "boolean" | "string";
	readonly summary: string;
	/** What stands for its value in the help. */
	readonly value?: string;
	readonly multiple?: boolean;
}

type Written = Omit<Verb, "name" | "aliases"> & {
	readonly aliases?: readonly string[];
};

const command = soleCommand();

export const COMMAND = {
	name: command.name,
	aliases: command.aliases,
	description: command.description,
};

export const VERBS: readonly Verb[] = Object.entries(
	command.subcommands as Record<string, Written>,
).map(([name, verb]) => ({ ...verb, name, aliases: verb.aliases ?? [] }));

function soleCommand(): (typeof plugin.commands)[number] {
	const [first] = plugin.commands;
	if (first === undefined) throw new Error("plugin.json registers no command");
	return first;
}

export interface Call {
	readonly verb: Verb;
	readonly positionals: readonly string[];
	readonly flags: Readonly<
		Record<string, string | boolean | readonly string[]>
	>;
}

/** Works out which verb is called, and with what. No words: the default verb. @throws SnapshotError `usage` */
export function parseWords(words: readonly string[]): Call {
	const call = parseUnfinished(words);
	checkArguments(call.verb, call.positionals);
	checkPaths(call);
	return call;
}

/** As `parseWords`, where arguments may be missing, or too many. @throws SnapshotError `usage` */
export function parseUnfinished(words: readonly string[]): Call {
	const [first = command.default, ...rest] = words;
	const asksForHelp =
		["--help", "-h", "-?"].includes(first) ||
		(rest.includes("--help") && !rest.includes("--"));
	const named = findVerb(asksForHelp ? "help" : first);
	if (named === undefined) throw unknownVerb(first);
	const verb = meantBy(named, rest);
	if (asksForHelp)
		return {
			verb,
			positionals: findVerb(first) === undefined ? [] : [first],
			flags: {},
		};
	const { values, positionals } = parseFlags(verb, rest);
	return { verb, positionals, flags: values };
}

/** Whatever is wrong with the words behind it. Undefined: there is no such verb. */
export function calledVerb([
	first = command.default,
	...rest
]: readonly string[]): Verb | undefined {
	const named = findVerb(first);
	return named && meantBy(named, rest);
}

/** The verb itself, or the one that it is without arguments. */
function meantBy(named: Verb, words: readonly string[]): Verb {
	const bare = findVerb(named.bare ?? "");
	if (bare === undefined) return named;
	const { positionals } = parseArgs({
		args: [...words],
		options: optionsOf(bare),
		allowPositionals: true,
		strict: false,
	});
	return positionals.length === 0 ? bare : named;
}

export function findVerb(name: string): Verb | undefined {
	const wanted = name.toLowerCase();
	return VERBS.find(
		(verb) => verb.name === wanted || verb.aliases.includes(wanted),
	);
}

function parseFlags(
	verb: Verb,
	words: readonly string[],
): { values: Call["flags"]; positionals: string[] } {
	try {
		const { values, positionals } = parseArgs({
			args: withCommandApart(verb, words),
			options: optionsOf(verb),
			allowPositionals: true,
			strict: true,
		});
		return { values: values as Call["flags"], positionals };
	} catch (error) {
		if (!errorCode(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
		throw usageError(verb, whyWrongFlag(verb, words, error));
	}
}

function optionsOf({ flags }: Verb): ParseArgsConfig["options"] & {} {
	return Object.fromEntries(
		Object.entries(flags).map(([name, { type, multiple = false }]) => [
			name,
			{ type, multiple },
		]),
	);
}

function checkArguments(verb: Verb, positionals: readonly string[]): void {
	const required = verb.arguments.filter(
		(argument) => argument.required === true,
	);
	const missing = required.find((argument, index) => {
		const given = positionals[index];
		return given === undefined || (given === "" && argument.name === "file");
	});
	if (missing !== undefined)
		throw usageError(
			verb,
			`${verb.name} needs ${/^[aeio]/.test(missing.name) ? "an" : "a"} ${missing.name}: ${missing.summary}.`,
		);
	const most = verb.arguments.some(({ rest }) => rest)
		? Number.POSITIVE_INFINITY
		: verb.arguments.length;
	const extra = positionals[most];
	if (extra !== undefined)
		throw usageError(
			verb,
			`${verb.name} does not know what to do with ${JSON.stringify(extra)}.`,
		);
}

/** An empty one, as of a variable that is not set, would be the directory that somebody happens to be in. */
function checkPaths({ verb, flags }: Call): void {
	for (const [name, value] of Object.entries(flags)) {
		const { value: what = "" } = verb.flags[name] ?? {};
		if (!/\b(DIR|FILE|PATH)\b/.test(what) || ![value].flat().includes(""))
			continue;
		throw usageError(verb, `--${name} needs a value: --${name} ${what}.`);
	}
}

export function usageError(verb: Verb, message: string): SnapshotError {
	return new SnapshotError("usage", `${message} Nothing was changed.`, {
		hint: `Usage: \`${verb.usage}\``,
	});
}

function unknownVerb(word: string): SnapshotError {
	const near = nearest(
		word.toLowerCase(),
		VERBS.flatMap(({ name, aliases }) => [name, ...aliases]),
	);
	const meant = near === undefined ? "" : ` Did you mean ${near}?`;
	return new SnapshotError(
		"usage",
		`There is no command ${JSON.stringify(word)}.${meant} Nothing was changed.`,
		{
			hint: `Commands: ${VERBS.map(({ name }) => name).join(", ")}.`,
		},
	);
}
