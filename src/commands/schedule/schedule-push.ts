import { type Agent, settingsOrDefaults } from "../../core/home/agent.ts";
import type { Step } from "../../core/schedule/run-steps.ts";
import type { Remote } from "../../remote/remotes.ts";
import { usageError } from "../call/grammar.ts";
import type { Invocation } from "../call/handler.ts";
import { bytesText } from "../text/text.ts";

/** A step for each repository elsewhere, of which one that cannot be reached keeps no other from being tried. */
export async function pushSteps(agent: Agent): Promise<Step[]> {
	const { chooseRemote } = await import("../../remote/remotes.ts");
	const names = namesOf(agent);
	// One that has been taken away since is a failure, and not nothing to do.
	const all = names.length === 0 ? [undefined] : names;
	return all.map((name) => ({
		name: names.length > 1 ? `push to ${name}` : "push",
		work: () => push(agent, () => chooseRemote(agent, name)),
	}));
}

async function push(agent: Agent, choose: () => Remote) {
	const { pushSnapshot } = await import("../../remote/push.ts");
	const done = await pushSnapshot(agent, choose(), "latest");
	const { id } = done.snapshot;
	const what = done.isSent
		? `${id}, ${bytesText(done.added)} of it new there`
		: `${id} was there already`;
	return { id, what };
}

/**
 * The folders in which a timer has to look for what a push starts.
 * @throws SnapshotError `usage` when there is nothing to push to; `failed` when a timer could not
 */
export async function foldersForTimer(
	agent: Agent,
	{ flags, verb }: Invocation,
): Promise<string[]> {
	if (namesOf(agent).length === 0) {
		// The one that it had may be gone: each night says so.
		if (flags.push !== true) return [];
		throw usageError(
			verb,
			"--push needs a repository elsewhere: set one up with `remote add` first.",
		);
	}
	const [{ remotesOf }, { foldersToPush, refuseShellOnly }] = await Promise.all(
		[import("../../remote/remotes.ts"), import("../../remote/timer-needs.ts")],
	);
	const { programs } = agent.system;
	const remotes = remotesOf(agent);
	refuseShellOnly(programs, remotes);
	return foldersToPush(programs, remotes);
}

function namesOf(agent: Agent): string[] {
	return Object.keys(settingsOrDefaults(agent).remotes ?? {});
}
