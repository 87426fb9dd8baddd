import type { Disk, System } from "../system/system.ts";
import { textAt, valueAt } from "./foreign-settings.ts";
import type { Sign } from "./host.ts";
import { type KnownAgent, placeOf } from "./known-agent.ts";

/** By what our plugin leaves in the agent's files: from this package, and switched on. */
export function holdsAll(system: System, known: KnownAgent): boolean {
	const { signs } = known.host.installation;
	return signs.every((sign) => holds(system, known, sign));
}

/** From wherever. */
export function hasTrace(system: System, known: KnownAgent): boolean {
	const { traces } = known.host.installation;
	return traces.some((sign) => holds(system, known, sign));
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
	const base = ownDirectory.slice(ownDirectory.lastIndexOf("/") + 1);
	const wanted = filled(text, ownDirectory).replaceAll("BASE", base);
	return (
		seen.includes(wanted) && (without === undefined || !seen.includes(without))
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
export function resolved(from: string, path: string): string {
	const names = path.startsWith("/") ? [] : from.split("/").filter(Boolean);
	for (const name of path.split("/"))
		if (name === "..") names.pop();
		else if (name !== "" && name !== ".") names.push(name);
	return `/${names.join("/")}`;
}
