import type { System } from "../system/system.ts";
import { textAt, withEntry, withoutEntry } from "./foreign-settings.ts";
import {
	enteredCopies,
	filled,
	hasTrace,
	holdsAll,
	listedCopies,
	schemeOf,
	settingsWith,
} from "./installed.ts";
import type { KnownAgent } from "./known-agent.ts";

/** One thing to be done, so that it can be shown first. */
export type InstallStep =
	| {
			readonly do: "run";
			readonly command: readonly string[];
			/** Whether it was of use is seen by what is there afterwards. */
			readonly mayFail?: boolean;
	  }
	/** The whole new content of a file; and what is other in it, where that is a list in a person's own settings. */
	| {
			readonly do: "write";
			readonly path: string;
			readonly text: string;
			readonly changes?: readonly string[];
	  }
	/** A directory of ours in the agent's home. */
	| { readonly do: "remove"; readonly path: string };

/** What is to be done to have our plugin there, and no other copy of it. Empty: nothing, it is so. */
export function planInstall(system: System, known: KnownAgent): InstallStep[] {
	const { installation } = known.host;
	const { add, program, copy } = installation;
	if (isInstalled(system, known)) return [];
	const others = otherCopies(system, known);
	const files = filesToWrite(system, known);
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

/** From this package as it is now, switched on, and no other copy of it: there is nothing that `install` would do. */
export function isInstalled(system: System, known: KnownAgent): boolean {
	return (
		holdsAll(system, known) &&
		filesToWrite(system, known).length === 0 &&
		otherCopies(system, known).length === 0
	);
}

function filesToWrite(system: System, known: KnownAgent): FileStep[] {
	return [
		...copied(system, known),
		...entryChanged(system, known, true),
	].filter(({ path, text }) => textAt(system.disk, path) !== text);
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
	return listedCopies(system, known)
		.filter(({ path }) => path !== system.programs.ownDirectory)
		.map(({ path }) => ({
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

/** The agent's settings, with our entry or without it, and with no other copy's; nothing when they are so already. */
function entryChanged(
	system: System,
	known: KnownAgent,
	wanted: boolean,
): FileStep[] {
	const { entry } = known.host.installation;
	if (entry === undefined) return [];
	const { list } = entry;
	const { path, text: before } = settingsWith(system.disk, known, entry);
	const value = filled(entry.value, system.programs.ownDirectory);
	const others = enteredCopies(system, known)
		.map((directory) => schemeOf(entry.value) + directory)
		.filter((one) => one !== value);
	const without = others.reduce(
		(text, other) => withoutEntry({ path, text, list }, other),
		before,
	);
	const change = wanted ? withEntry : withoutEntry;
	const text = change({ path, text: without, list }, value);
	const changes = [
		...others.map((other) => `- ${JSON.stringify(other)}`),
		...(text === without
			? []
			: [`${wanted ? "+" : "-"} ${JSON.stringify(value)}`]),
	].map((line) => `${line} in "${list}"`);
	return text === before ? [] : [{ do: "write", path, text, changes }];
}
