import type { Disk, System } from "../system/system.ts";
import {
	textAt,
	valueAt,
	withEntry,
	withoutEntry,
} from "./foreign-settings.ts";
import { copiesOf, filled, hasTrace, holdsAll, isOurs } from "./installed.ts";
import { type KnownAgent, placeOf } from "./known-agent.ts";
import { nameMatches } from "./paths.ts";

/** One thing to be done, so that it can be shown first. */
export type InstallStep =
	| {
			readonly do: "run";
			readonly command: readonly string[];
			/** Whether it was of use is seen by what is there afterwards. */
			readonly mayFail?: boolean;
	  }
	/** The whole new content of a file. */
	| { readonly do: "write"; readonly path: string; readonly text: string }
	/** A directory of ours in the agent's home. */
	| { readonly do: "remove"; readonly path: string };

/** What is to be done to have our plugin there, and no other copy of it. Empty: nothing, it is so. */
export function planInstall(system: System, known: KnownAgent): InstallStep[] {
	const { installation } = known.host;
	const { add, program, copy } = installation;
	const others = otherCopies(system, known);
	const files = [
		...copied(system, known),
		...entryChanged(system, known, true),
	].filter(({ path, text }) => textAt(system.disk, path) !== text);
	if (files.length + others.length === 0 && isInstalled(system, known))
		return [];
	// One that was installed from elsewhere, or switched off, is in the way of its own.
	const before =
		copy === undefined && hasTrace(system, known)
			? removals(system, known)
			: [];
	const isNote = ({ path }: FileStep) =>
		copy !== undefined && path.endsWith(`/${copy.note}`);
	return [
		...others,
		...before,
		...files.filter((file) => !isNote(file)),
		...add.map((words) => run(system, program, words)),
		// What shows that it is installed comes when all else was done.
		...files.filter(isNote),
	];
}

/** From this package, and switched on. */
export function isInstalled(system: System, known: KnownAgent): boolean {
	return (
		entryChanged(system, known, true).length === 0 && holdsAll(system, known)
	);
}

/** What is to be done to have it there no more. Empty: it is not. */
export function planUninstall(
	system: System,
	known: KnownAgent,
): InstallStep[] {
	const { copy } = known.host.installation;
	const entry = entryChanged(system, known, false);
	const copyAt = copy && `${known.places.home}/${copy.to}`;
	if (entry.length === 0 && !hasTrace(system, known)) return [];
	return [
		...otherCopies(system, known),
		...removals(system, known),
		...entry,
		...(copyAt !== undefined && system.disk.stat(copyAt) !== undefined
			? [{ do: "remove", path: copyAt } as const]
			: []),
	];
}

function removals(system: System, { host }: KnownAgent): InstallStep[] {
	const { remove, program } = host.installation;
	// What was taken out in part by hand is no reason to leave the rest.
	return remove.map((words) => ({
		...run(system, program, words),
		mayFail: true,
	}));
}

/** Takes copies of ours, in other directories, out of the agent's list: two that register one command register none. */
function otherCopies(system: System, known: KnownAgent): InstallStep[] {
	const { listed, program } = known.host.installation;
	return copiesOf(system, known)
		.filter((path) => path !== system.programs.ownDirectory)
		.map((path) => ({
			do: "run",
			command: [program, ...(listed?.remove ?? []), path],
			mayFail: true,
		}));
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
	const command = valueAt(note, ["command"]);
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
	const before = textAt(disk, path) ?? "{}\n";
	const { list } = entry;
	const scheme = entry.value.slice(0, entry.value.indexOf("DIR"));
	const entries = valueAt(before, [list]);
	const others = (Array.isArray(entries) ? entries : [])
		.map(String)
		.filter((one) => one !== value && one.startsWith(`${scheme}/`))
		.filter((one) => isOurs(disk, one.slice(scheme.length)));
	const without = others.reduce(
		(text, other) => withoutEntry({ path, text, list }, other),
		before,
	);
	const settings = { path, text: without, list };
	const text = wanted
		? withEntry(settings, value)
		: withoutEntry(settings, value);
	return text === before ? [] : [{ do: "write", path, text }];
}
