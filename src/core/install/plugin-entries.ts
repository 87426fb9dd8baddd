import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorCode } from "../../errors.ts";
import type { Disk, System } from "../../system/system.ts";
import type { NarrowedBy, PluginList } from "../home/installation.ts";
import { type KnownAgent, placeOf } from "../home/known-agent.ts";
import { realPath } from "../home/layout.ts";
import { parentOf } from "../home/paths.ts";
import { isStrictJson, textAt, valueAt } from "./foreign-settings.ts";

/** An entry of an agent's list of plugins by which it loads our package, from wherever. */
export interface Copy {
	/** The file with the list, and which of its entries it is. */
	readonly file: string;
	readonly place: number;
	/** As it stands there. */
	readonly text: string;
	/** What it leads to, absolute; undefined: the agent fetches it by the name of our package. */
	readonly path: string | undefined;
	/** It is the package that runs this. */
	readonly isOwn: boolean;
	/** Told to load only some of it, or in a form that the agent does not understand. */
	readonly isNarrowed: boolean;
}

/** Those in the list that the agent's own program keeps. */
export function listedCopies(system: System, known: KnownAgent): Copy[] {
	const { listed } = known.host.installation;
	if (listed === undefined) return [];
	const file = `${known.places.home}/${listed.path}`;
	return copiesIn(system, file, listed.at, listed);
}

/** Those that we, or a person, have entered in its settings. */
export function enteredCopies(system: System, known: KnownAgent): Copy[] {
	const { entry } = known.host.installation;
	if (entry === undefined) return [];
	return settingsRead(system.disk, known).flatMap((file) =>
		copiesIn(system, file, [entry.list], entry),
	);
}

/** The files of settings that the agent merges, each once: one may be a link to another. */
export function settingsRead(disk: Disk, known: KnownAgent): string[] {
	const { entry } = known.host.installation;
	if (entry === undefined) return [];
	const { root, files, alsoReads = [] } = entry;
	const paths = [...files, ...alsoReads].map(
		(file) => `${placeOf(known, root)}/${file}`,
	);
	const real = paths.map((path) => realPath(disk, path));
	return paths.filter((_, index) => real.indexOf(real[index] ?? "") === index);
}

/** The one that our entry belongs into. */
export function settingsToWrite(
	disk: Disk,
	known: KnownAgent,
): string | undefined {
	const { files = [] } = known.host.installation.entry ?? {};
	const paths = settingsRead(disk, known).filter((path) =>
		files.some((file) => path.endsWith(`/${file}`)),
	);
	return paths.find((path) => disk.stat(path) !== undefined) ?? paths.at(-1);
}

/** What the agent does not understand in its lists, as it stands there: it may not start with it. */
export function unreadEntries({ disk }: System, known: KnownAgent): string[] {
	const { listed, entry } = known.host.installation;
	const unread = (file: string, at: readonly string[], list: PluginList) =>
		entriesIn(disk, file, at)
			.filter((one) => !isUnderstood(one, list))
			.map((one) => `${JSON.stringify(one)} in ${file}`);
	const kept = `${known.places.home}/${listed?.path}`;
	return [
		...(listed === undefined ? [] : unread(kept, listed.at, listed)),
		...(listed === undefined || isStrictJson(textAt(disk, kept))
			? []
			: [`the comments or commas in ${kept} that JSON does not have`]),
		...(entry === undefined
			? []
			: settingsRead(disk, known).flatMap((file) =>
					unread(file, [entry.list], entry),
				)),
	];
}

function copiesIn(
	{ disk, programs }: System,
	file: string,
	at: readonly string[],
	list: PluginList & { readonly narrowedBy?: NarrowedBy },
): Copy[] {
	const from = parentOf(file) ?? "";
	const own = realPath(disk, programs.ownDirectory);
	return entriesIn(disk, file, at).flatMap((entry, place) => {
		const text = namedBy(entry);
		// Longer than any disk takes, or no path at all.
		if (text === undefined || text.length > 4000 || text.includes("\0"))
			return [];
		const path = pathMeant(text, list, from, programs.userHome)?.replace(
			/(.)\/$/,
			"$1",
		);
		const directory = path && packageAt(path);
		const isOwn = directory !== undefined && realPath(disk, directory) === own;
		const isOurs =
			isOwn ||
			(directory === undefined
				? isOurName(text)
				: isOurPackage(disk, directory));
		if (!isOurs) return [];
		const { narrowedBy = {} } = list;
		return {
			file,
			place,
			text,
			path,
			isOwn,
			isNarrowed: isNarrowed(entry, narrowedBy) || !isUnderstood(entry, list),
		};
	});
}

function entriesIn(disk: Disk, file: string, at: readonly string[]): unknown[] {
	const entries = valueAt(textAt(disk, file) ?? "", at);
	return Array.isArray(entries) ? entries : [];
}

/** Agents take a text, one with its options behind it (`["name", {…}]`), or an object (`{"source": "name", …}`). */
function namedBy(entry: unknown): string | undefined {
	const name = Array.isArray(entry)
		? entry[0]
		: (Object(entry).source ?? entry);
	return typeof name === "string" ? name : undefined;
}

function isNarrowed(entry: unknown, by: NarrowedBy): boolean {
	return Object.entries(by).some(([key, value]) => {
		const said = Object(entry)[key];
		return value === "anything" ? said !== undefined : said === value;
	});
}

/** No agent takes both forms beside the text. */
function isUnderstood(entry: unknown, { options }: PluginList): boolean {
	const isText = typeof entry === "string";
	const isPair = Array.isArray(entry);
	return (
		namedBy(entry) !== undefined &&
		(isText || isPair === (options === "behind it"))
	);
}

/** Absolute. Undefined: it names a package or a repository, or is nothing. */
function pathMeant(
	written: string,
	{ bare }: PluginList,
	from: string,
	userHome: string,
): string | undefined {
	const text = bare === "path" ? written.trim() : written;
	if (text.startsWith("file://")) return pathOfUrl(text);
	if (isAbsolute(text)) return join(text);
	if (text.startsWith(".")) return join(from, text);
	if (bare === "package" || /^(npm|git|github|https?|ssh):/.test(text))
		return undefined;
	return /^~(\/|$)/.test(text)
		? join(userHome, text.slice(1))
		: join(from, text);
}

function pathOfUrl(url: string): string | undefined {
	try {
		return join(fileURLToPath(url));
	} catch (error) {
		// The agent makes nothing of it, either.
		if (error instanceof TypeError || error instanceof URIError)
			return undefined;
		throw error;
	}
}

/** A package of npm by its name, or a repository that is called so. */
function isOurName(text: string): boolean {
	const name = text.trim().replace(/^npm:\s*/, "");
	return (
		/^agent-snapshot(@|$)/.test(name) ||
		(/^(?!file:)[a-z+]+[:@]/.test(name) &&
			/[/:]agent-snapshot(\.git)?\/?([@#?].*)?$/.test(name))
	);
}

/** The package that a plugin's file of ours lies in; of anything else itself. */
function packageAt(path: string): string {
	return path.replace(/\/dist\/hosts\/[^/]+\/plugin\.js$/, "");
}

/** By its own name; where nothing is any more by that of the directory. */
function isOurPackage(disk: Disk, directory: string): boolean {
	if (isGone(disk, directory)) return directory.endsWith("/agent-snapshot");
	const text = textAt(disk, `${directory}/package.json`);
	return text !== undefined && valueAt(text, ["name"]) === "agent-snapshot";
}

function isGone(disk: Disk, path: string): boolean {
	try {
		return disk.stat(path) === undefined;
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return false; // it may be there, and is not ours to look at
	}
}
