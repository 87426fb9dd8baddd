import type { Disk, System } from "../system/system.ts";
import { namedBy, textAt, valueAt } from "./foreign-settings.ts";
import type { Installation, Sign } from "./host.ts";
import { type KnownAgent, placeOf } from "./known-agent.ts";

/** By what our plugin leaves in the agent's files: from this package, and switched on. */
export function holdsAll(system: System, known: KnownAgent): boolean {
	const { signs, listed } = known.host.installation;
	const { ownDirectory } = system.programs;
	const isWhole = ({ path, narrowed }: Copy) =>
		path === ownDirectory && !narrowed;
	return (
		signs.every((sign) => holds(system, known, sign)) &&
		(listed === undefined || listedCopies(system, known).some(isWhole))
	);
}

/** From wherever. */
export function hasTrace(system: System, known: KnownAgent): boolean {
	const { traces } = known.host.installation;
	return (
		traces.some((sign) => holds(system, known, sign)) ||
		copiesOf(system, known).length > 0
	);
}

/** Every directory of ours that the agent is told to load: more than one, and it may load none. */
export function copiesOf(system: System, known: KnownAgent): string[] {
	const listed = listedCopies(system, known).map(({ path }) => path);
	return [...new Set([...listed, ...enteredCopies(system, known)])];
}

interface Copy {
	readonly path: string;
	/** Told to load only some of it. */
	readonly narrowed: boolean;
}

/** Those in the list that the agent's own program keeps. */
export function listedCopies(
	{ disk }: System,
	{ host, places }: KnownAgent,
): Copy[] {
	const { listed } = host.installation;
	if (listed === undefined) return [];
	const text = textAt(disk, `${places.home}/${listed.path}`) ?? "";
	return listIn(text, listed.at)
		.map((entry) => ({
			name: namedBy(entry),
			narrowed: Object(entry)[listed.narrowedBy] !== undefined,
		}))
		.flatMap(({ name, narrowed }) =>
			name === undefined
				? []
				: [{ path: resolved(places.home, name), narrowed }],
		)
		.filter(({ path }) => isOurs(disk, path));
}

/** Those that we, or a person, have entered in its settings. */
export function enteredCopies({ disk }: System, known: KnownAgent): string[] {
	const { entry } = known.host.installation;
	if (entry === undefined) return [];
	const scheme = schemeOf(entry.value);
	const { text } = settingsWith(disk, known, entry);
	return listIn(text, [entry.list])
		.map(namedBy)
		.filter((name) => name?.startsWith(`${scheme}/`) === true)
		.map((name = "") => name.slice(scheme.length))
		.filter((path) => isOurs(disk, path));
}

/** What stands before the directory in an entry. */
export function schemeOf(value: string): string {
	return value.slice(0, value.indexOf("DIR"));
}

/** The file of its settings that our entry is in, or would be. */
export function settingsWith(
	disk: Disk,
	known: KnownAgent,
	{ root, files }: NonNullable<Installation["entry"]>,
): { path: string; text: string } {
	const paths = files.map((file) => `${placeOf(known, root)}/${file}`);
	const path =
		paths.find((file) => disk.stat(file) !== undefined) ?? paths.at(-1) ?? "";
	return { path, text: textAt(disk, path) ?? "{}\n" };
}

function listIn(text: string, at: readonly string[]): unknown[] {
	const entries = valueAt(text, at);
	return Array.isArray(entries) ? entries : [];
}

function holds(
	{ disk, programs: { ownDirectory } }: System,
	known: KnownAgent,
	{ root, path, at, text = "", without }: Sign,
): boolean {
	const file = `${placeOf(known, root)}/${path}`;
	if (at === undefined && text === "") return disk.stat(file) !== undefined;
	const whole = textAt(disk, file);
	const value = at === undefined ? undefined : valueAt(whole ?? "", at);
	const seen = at === undefined ? whole : JSON.stringify(value);
	if (seen === undefined) return false;
	return (
		seen.includes(filled(text, ownDirectory)) &&
		(without === undefined || !seen.includes(without))
	);
}

/** With our directory where "DIR" stands. */
export function filled(text: string, directory: string): string {
	return text.replaceAll("DIR", directory);
}

/** By its own name; where nothing is any more by that of the directory. */
export function isOurs(disk: Disk, directory: string): boolean {
	const text = textAt(disk, `${directory}/package.json`);
	return text === undefined
		? directory.endsWith("/agent-snapshot")
		: valueAt(text, ["name"]) === "agent-snapshot";
}

/** Where "../x" leads to from a directory. */
function resolved(from: string, path: string): string {
	const names = path.startsWith("/") ? [] : from.split("/").filter(Boolean);
	for (const name of path.split("/"))
		if (name === "..") names.pop();
		else if (name !== "" && name !== ".") names.push(name);
	return `/${names.join("/")}`;
}
