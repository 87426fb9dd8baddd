import { pathToFileURL } from "node:url";
import { SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { textAt, withEntry, withoutEntries } from "./foreign-settings.ts";
import { filled, hasTrace, holdsAll } from "./installed.ts";
import {
	type Copy,
	enteredCopies,
	listedCopies,
	settingsRead,
	settingsToWrite,
	unreadEntries,
} from "./plugin-entries.ts";

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
	refuseUnread(system, known);
	if (isInstalled(system, known)) return [];
	const others = takenOut(system, known, otherCopies(system, known));
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
		...entryChanged(system, known, enteredCopies(system, known), true),
	].filter(({ path, text }) => textAt(system.disk, path) !== text);
}

/** What is to be done to have it there no more. Empty: it is not. */
export function planUninstall(
	system: System,
	known: KnownAgent,
): InstallStep[] {
	const { copy } = known.host.installation;
	refuseUnread(system, known);
	const entered = enteredCopies(system, known);
	const entry = entryChanged(system, known, entered, false);
	const copyAt = copy && `${known.places.home}/${copy.to}`;
	if (entry.length === 0 && !hasTrace(system, known)) return [];
	return [
		...takenOut(system, known, listedCopies(system, known)),
		...removals(system, known),
		...entry,
		...(copyAt !== undefined && system.disk.stat(copyAt) !== undefined
			? [{ do: "remove", path: copyAt } as const]
			: []),
	];
}

/** Its own program ends as a bug of its own on a list with these. */
function refuseUnread(system: System, known: KnownAgent): void {
	const { title, installation } = known.host;
	const unread = unreadEntries(system, known);
	if (installation.listed === undefined || unread.length === 0) return;
	throw new SnapshotError(
		"bad-config",
		`${title} cannot read ${unread.join(", ")}. Nothing was changed.`,
		{ hint: "Take it out of there by hand first." },
	);
}

function removals(system: System, { host }: KnownAgent): InstallStep[] {
	const { remove, program } = host.installation;
	// What was taken out in part by hand is no reason to leave the rest.
	return remove.map((words) => ({
		...run(system, program, words),
		mayFail: true,
	}));
}

/** Takes those that `remove` does not out of the list of the agent's own program: two that register one command register none. */
function takenOut(
	system: System,
	{ host }: KnownAgent,
	copies: readonly Copy[],
): InstallStep[] {
	const { listed, program } = host.installation;
	const { ownDirectory } = system.programs;
	const told = copies
		.filter(({ path }) => path !== ownDirectory)
		// Its program understands what is not absolute from where it is started.
		.map(({ path, text }) => path ?? text);
	return [...new Set(told)].map((name) => ({
		do: "run",
		command: [program, ...(listed?.remove ?? []), name],
		mayFail: true,
	}));
}

function otherCopies(system: System, known: KnownAgent): Copy[] {
	return listedCopies(system, known).filter(
		({ isOwn, isNarrowed }) => !isOwn || isNarrowed,
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

/** The agent's settings, with one entry of ours or with none; only the files that are other then. */
function entryChanged(
	{ disk, programs }: System,
	known: KnownAgent,
	copies: readonly Copy[],
	wanted: boolean,
): FileStep[] {
	const { entry } = known.host.installation;
	if (entry === undefined) return [];
	const { list } = entry;
	const kept = wanted ? copies.find(({ isOwn }) => isOwn) : undefined;
	const value = pathToFileURL(programs.ownDirectory).href;
	const target = wanted && !kept ? settingsToWrite(disk, known) : undefined;
	return settingsRead(disk, known).flatMap((path) => {
		const text = textAt(disk, path) ?? "{}\n";
		const gone = copies.filter((one) => one.file === path && one !== kept);
		const places = gone.map(({ place }) => place);
		const less = withoutEntries({ path, text, list }, places);
		const changed =
			path === target ? withEntry({ path, text: less, list }, value) : less;
		const changes = [
			...gone.map((one) => `- ${JSON.stringify(one.text)}`),
			...(changed === less ? [] : [`+ ${JSON.stringify(value)}`]),
		].map((line) => `${line} in "${list}"`);
		return changed === text
			? []
			: [{ do: "write", path, text: changed, changes } as const];
	});
}
