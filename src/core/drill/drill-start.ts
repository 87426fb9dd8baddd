import { SnapshotError } from "../../errors.ts";
import type { Trial } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import type { DrillRequest } from "./drill.ts";
import { countAllThere, fallen } from "./drill-counts.ts";
import { environmentIn, type Rehearsed } from "./drill-home.ts";

/** A command that was started in the drill's home. */
export interface Started {
	readonly trial: Trial;
	/** What it has left less of, in sentences: one that migrates everything to nothing may end well. */
	readonly less: readonly string[];
}

/** @throws SnapshotError `failed` where it could not be told of that home */
export async function startThere(
	agent: Agent,
	rehearsed: Rehearsed,
	{ start, places }: DrillRequest,
	folder: string,
): Promise<Started | undefined> {
	if (start === undefined) return undefined;
	const environment = environmentIn(agent, places, folder);
	if (environment === undefined)
		throw new SnapshotError(
			"failed",
			`No variable can tell a command where the drill's home of ${agent.host.title} lies, so none was started. Nothing was changed.`,
			{ hint: "Do it without --start." },
		);
	const before = await countAllThere(rehearsed);
	const trial = await agent.system.programs.tryOut({
		...start,
		environment,
		directory: rehearsed.there.store.home,
		signal: agent.patience.signal,
	});
	return { trial, less: fallen(before, await countAllThere(rehearsed)) };
}

/** A server goes on until it is ended. */
export function whyNotStarted({ isRunning, exitCode }: Trial): string[] {
	if (isRunning || exitCode === 0) return [];
	return [
		exitCode === undefined
			? "the command could not be started, or was ended by a signal"
			: `the command ended with ${exitCode}`,
	];
}
