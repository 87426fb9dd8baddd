import { SnapshotError } from "../../errors.ts";
import type { Agent } from "./agent.ts";
import { coverageOf } from "./coverage.ts";
import type { Settings } from "./settings.ts";

/** Before a store is made in it. @throws SnapshotError `no-home` */
export function refuseStrangeHome(agent: Agent, settings: Settings): void {
	const { system, home, host } = agent;
	const { paths } = coverageOf(system.disk, home, host, settings);
	const isThere = (path: string) =>
		system.disk.stat(`${home}/${path}`) !== undefined;
	if (paths.some(isThere)) return;
	throw new SnapshotError(
		"no-home",
		`${home} holds nothing of ${host.title}'s state, so there is nothing to snapshot. Nothing was changed.`,
		{
			hint: `Is this the right home? Name another with --home DIR or ${host.home.variable}.`,
		},
	);
}
