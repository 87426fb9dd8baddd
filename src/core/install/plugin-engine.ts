import type { Disk, System } from "../../system/system.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { nameMatches } from "../home/paths.ts";
import { textAt, valueAt } from "./foreign-settings.ts";

/** How the engine of the plugin is started: from a copy of our package where it has one. Undefined: that is not there. */
export function engineOf(
	{ disk, programs }: System,
	{ host, places }: KnownAgent,
): string[] | undefined {
	const { copy, runsFrom } = host.installation;
	if (copy !== undefined)
		return commandIn(
			textAt(disk, `${places.home}/${copy.to}/${copy.note}`) ?? "",
		);
	const directory =
		runsFrom === undefined
			? programs.ownDirectory
			: newestIn(disk, places.home, runsFrom);
	return directory === undefined
		? undefined
		: [programs.node.path, `${directory}/dist/cli.js`];
}

function commandIn(note: string): string[] | undefined {
	const command = valueAt(note, ["command"]);
	const isCommand =
		Array.isArray(command) &&
		command.length > 0 &&
		command.every((word) => typeof word === "string");
	return isCommand ? command : undefined;
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
