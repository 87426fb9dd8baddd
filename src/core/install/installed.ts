import type { System } from "../../system/system.ts";
import type { Sign } from "../home/installation.ts";
import { type KnownAgent, placeOf } from "../home/known-agent.ts";
import { textAt, valueAt } from "./foreign-settings.ts";
import { type Copy, enteredCopies, listedCopies } from "./plugin-entries.ts";

/** By what our plugin leaves in the agent's files: from this package, and switched on. */
export function holdsAll(system: System, known: KnownAgent): boolean {
	const { signs, listed } = known.host.installation;
	const own = listedCopies(system, known).filter(({ isOwn }) => isOwn);
	return (
		signs.every((sign) => holds(system, known, sign)) &&
		own.every(({ isNarrowed }) => !isNarrowed) &&
		(listed === undefined || own.length > 0)
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

/** Every entry by which the agent is told to load us: with more than one it may load none. */
export function copiesOf(system: System, known: KnownAgent): Copy[] {
	return [...listedCopies(system, known), ...enteredCopies(system, known)];
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
