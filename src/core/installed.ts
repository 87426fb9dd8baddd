import type { Disk, System } from "../system/system.ts";
import { textAt, valueAt } from "./foreign-settings.ts";
import type { Sign } from "./host.ts";
import { type KnownAgent, placeOf } from "./known-agent.ts";

/** By what our plugin leaves in the agent's files: from this package, and switched on. */
export function holdsAll(system: System, known: KnownAgent): boolean {
	const { signs, listed } = known.host.installation;
	const { ownDirectory } = system.programs;
	return (
		signs.every((sign) => holds(system, known, sign)) &&
		(listed === undefined || copiesOf(system, known).includes(ownDirectory))
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

/** The directories of ours that the agent has in its list. */
export function copiesOf(
	{ disk }: System,
	{ host, places }: KnownAgent,
): string[] {
	const { listed } = host.installation;
	if (listed === undefined) return [];
	const text = textAt(disk, `${places.home}/${listed.path}`) ?? "";
	const entries = valueAt(text, listed.at);
	return (Array.isArray(entries) ? entries : [])
		.map((entry) => resolved(places.home, String(entry)))
		.filter((path) => isOurs(disk, path));
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
