import { SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import { coverageOf } from "../home/coverage.ts";
import {
	isWithin,
	matches,
	nameOf,
	parentOf,
	STORE_NAME,
} from "../home/paths.ts";
import type { Settings } from "../home/settings.ts";
import { printable } from "../words.ts";
import type { Place } from "./export.ts";

/** A new directory or file where no snapshot would take it for the agent's state. @throws SnapshotError `failed` */
export function refuseBadPlace(
	agent: Agent,
	settings: Settings,
	to: string,
	what: "directory" | "file" = "directory",
): Place {
	const refused = (path: string, why: string) =>
		new SnapshotError(
			"failed",
			`${printable(path)} ${why}. Nothing was changed.`,
			{
				hint: `Name a ${what} that does not exist yet, in a directory that does.`,
			},
		);
	const { disk } = agent.system;
	const wanted = to.replace(/\/+$/, "");
	const name = nameOf(wanted);
	const beside = wanted.includes("/") ? (parentOf(wanted) ?? "") || "/" : ".";
	if (["", ".", ".."].includes(name)) throw refused(to, `names no new ${what}`);
	if (disk.stat(`${beside}/.`)?.kind !== "directory")
		throw refused(to, "would lie in a directory that is not there");
	const above = disk.realPath(beside).replace(/\/$/, "");
	const folder = `${above}/${name}`;
	const partial = `${folder}.partial`;
	for (const path of [folder, partial])
		if (disk.stat(path) !== undefined) throw refused(path, "is there already");
	if (folder.split("/").includes(STORE_NAME))
		throw refused(to, "lies in a store of snapshots");
	if (what === "file" && isWithin(folder, agent.store.home))
		throw refused(to, "lies in the agent's home, which it is an archive of");
	if (isWithin(folder, agent.home)) {
		const { paths, patterns = [] } = coverageOf(
			disk,
			agent.home,
			agent.host,
			settings,
		);
		const path = folder.slice(agent.home.length + 1);
		const isTaken = (one: string) => matches(path, one) || isWithin(one, path);
		if (path === "" || [...paths, ...patterns].some(isTaken))
			throw refused(to, "is where snapshots look for the agent's state");
	}
	return { above: above === "" ? "/" : above, folder, partial };
}
