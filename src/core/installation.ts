import type { Disk, System } from "../system/system.ts";
import {
	objectIn,
	textAt,
	withEntry,
	withoutEntry,
} from "./foreign-settings.ts";
import type { Sign } from "./host.ts";
import { type KnownAgent, placeOf } from "./known-agent.ts";
import { nameMatches } from "./paths.ts";

/** One thing to be done, so that it can be shown first. */
export type InstallStep =
	| { readonly do: "run"; readonly command: readonly string[] }
	/** The whole new content of a file. */
	| { readonly do: "write"; readonly path: string; readonly text: string }
	/** A directory of ours in the agent's home. */
	| { readonly do: "remove"; readonly path: string };

/** What is to be done to have our plugin there. Empty: nothing, it is. */
export function planInstall(system: System, known: KnownAgent): InstallStep[] {
	const { add, program } = known.host.installation;
	const files = [
		...copied(system, known),
		...entryChanged(system, known, true),
	].filter(({ path, text }) => textAt(system.disk, path) !== text);
	if (files.length === 0 && isInstalled(system, known)) return [];
	return [...files, ...add.map((words) => run(system, program, words))];
}

/** What is to be done to have it there no more. Empty: it is not. */
export function planUninstall(
	system: System,
	known: KnownAgent,
): InstallStep[] {
	const { installation } = known.host;
	const { remove, program, copy, signs } = installation;
	const entry = entryChanged(system, known, false);
	const copyAt = copy && `${known.places.home}/${copy.to}`;
	const isThere =
		entry.length > 0 || signs.some((sign) => holds(system, known, sign));
	if (!isThere) return [];
	return [
		...remove.map((words) => run(system, program, words)),
		...entry,
		...(copyAt !== undefined && system.disk.stat(copyAt) !== undefined
			? [{ do: "remove", path: copyAt } as const]
			: []),
	];
}

/** By what it leaves in the agent's files, and from this package. */
export function isInstalled(system: System, known: KnownAgent): boolean {
	const { signs } = known.host.installation;
	return (
		entryChanged(system, known, true).length === 0 &&
		signs.every((sign) => holds(system, known, sign))
	);
}

function run(
	{ programs }: System,
	program: string,
	words: readonly string[],
): InstallStep {
	return {
		do: "run",
		command: [
			program,
			...words.map((word) => filled(word, programs.ownDirectory)),
		],
	};
}

function filled(text: string, directory: string): string {
	return text.replaceAll("DIR", directory);
}

function holds(
	{ disk, programs: { ownDirectory } }: System,
	known: KnownAgent,
	{ root, path, text }: Sign,
): boolean {
	const file = `${placeOf(known, root)}/${path}`;
	if (text === undefined) return disk.stat(file) !== undefined;
	const base = ownDirectory.slice(ownDirectory.lastIndexOf("/") + 1);
	const wanted = filled(text, ownDirectory).replaceAll("BASE", base);
	return textAt(disk, file)?.includes(wanted) ?? false;
}

/** Where the plugin's own copy of our package starts from; this package where it has none. */
export function engineOf(
	{ disk, programs }: System,
	{ host, places }: KnownAgent,
): string[] {
	const { copy, runsFrom } = host.installation;
	if (copy !== undefined) {
		const note = textAt(disk, `${places.home}/${copy.to}/${copy.note}`);
		return note === undefined ? [] : commandIn(note);
	}
	const directory =
		runsFrom === undefined
			? programs.ownDirectory
			: newestIn(disk, places.home, runsFrom);
	return directory === undefined
		? []
		: [programs.node.path, `${directory}/dist/cli.js`];
}

function commandIn(note: string): string[] {
	const { command }: { command?: unknown } = Object(objectIn(note));
	return Array.isArray(command) ? command.map(String) : [];
}

function newestIn(
	disk: Disk,
	home: string,
	pattern: string,
): string | undefined {
	const slash = pattern.lastIndexOf("/");
	const directory = `${home}/${pattern.slice(0, slash)}`;
	if (disk.stat(directory)?.kind !== "directory") return undefined;
	const found = disk
		.names(directory)
		.filter((name) => nameMatches(name, pattern.slice(slash + 1)));
	return found.length === 0 ? undefined : `${directory}/${found.at(-1)}`;
}

type FileStep = Extract<InstallStep, { do: "write" }>;

/** The files of a directory of ours, as they have to be in the agent's home. */
function copied({ disk, programs }: System, known: KnownAgent): FileStep[] {
	const { copy } = known.host.installation;
	if (copy === undefined) return [];
	const from = `${programs.ownDirectory}/${copy.from}`;
	const to = `${known.places.home}/${copy.to}`;
	const note = {
		command: [programs.node.path, `${programs.ownDirectory}/dist/cli.js`],
	};
	return [
		...disk
			.names(from)
			.filter((name) => disk.stat(`${from}/${name}`)?.kind === "file")
			.map((name) => ({
				path: `${to}/${name}`,
				text: textAt(disk, `${from}/${name}`) ?? "",
			})),
		{ path: `${to}/${copy.note}`, text: `${JSON.stringify(note)}\n` },
	].map((file) => ({ do: "write", ...file }));
}

/** The agent's settings, with our entry or without it; nothing when they are so already. */
function entryChanged(
	{ disk, programs }: System,
	known: KnownAgent,
	wanted: boolean,
): FileStep[] {
	const { entry } = known.host.installation;
	if (entry === undefined) return [];
	const paths = entry.files.map(
		(file) => `${placeOf(known, entry.root)}/${file}`,
	);
	const path =
		paths.find((file) => disk.stat(file) !== undefined) ?? paths.at(-1) ?? "";
	const value = filled(entry.value, programs.ownDirectory);
	const settings = {
		path,
		text: textAt(disk, path) ?? "{}\n",
		list: entry.list,
	};
	const text = wanted
		? withEntry(settings, value)
		: withoutEntry(settings, value);
	return text === settings.text ? [] : [{ do: "write", path, text }];
}
