import { SnapshotError } from "../../errors.ts";
import type { FileStat } from "../../system/system.ts";
import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { parentOf } from "../home/paths.ts";
import { linkAbove } from "./obstacles.ts";
import type { ModeChange, RestorePlan } from "./restore-plan.ts";

/** Modes and times are set by a file's owner and root only, whoever may write to it. */
export function mayChange(
	{ system: { processes } }: Agent,
	{ uid }: FileStat,
): boolean {
	const { canSetOwner, userId } = processes;
	return canSetOwner || userId === undefined || userId === uid;
}

/**
 * How something gets its mode and time back when its content stays. A file with other names (`cp -al`), or of another
 * owner, is replaced by a copy: the backup that such a name is must stay as it is.
 */
export function modeChangeOf(agent: Agent, { path, kind }: Entry): ModeChange {
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	const found = disk.stat(live);
	if (found === undefined) return "in place";
	const isOurs = mayChange(agent, found);
	const isShared = found.kind === "file" && found.links > 1;
	if (isOurs && !isShared) return "in place";
	// Of another owner only a plain file: nobody's database is exchanged for the sake of its mode.
	const canCopy = isOurs || kind === "file";
	return canCopy && disk.mayChangeIn(parentOf(live) ?? agent.home)
		? "by a copy"
		: "not";
}

/**
 * What another owner (one `sudo` is enough) keeps this user from doing, and a restore would only notice half-way.
 * @throws SnapshotError `failed`
 */
export function refuseForbidden(agent: Agent, { steps }: RestorePlan): void {
	const { system, home } = agent;
	const { disk } = system;
	const opened = new Set<string>();
	const made = new Set<string>();
	for (const step of steps) {
		const live = `${home}/${step.path}`;
		// Behind a link nothing is touched: a directory takes the link's place.
		if (linkAbove(disk, home, step.path) !== undefined) continue;
		const found = disk.stat(live);
		if (step.do === "set-mode") {
			if (found && !made.has(live) && !mayChange(agent, found))
				throw forbidden(step.path, "belongs to another user");
			opened.add(live);
			continue;
		}
		if (step.do === "make-directory") made.add(live);
		const parent = parentOf(live) ?? home;
		const isThere = disk.stat(parent)?.kind === "directory";
		if (isThere && !opened.has(parent) && !disk.mayChangeIn(parent))
			throw forbidden(parent, "may not be changed by this user");
		if (step.do === "set-aside" && found && !disk.mayRead(live))
			throw forbidden(step.path, "may not be read by this user");
	}
}

function forbidden(path: string, why: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${path} ${why}, so this restore would stop half-way. Nothing was changed.`,
		{
			hint: "Give it back to the agent's user (sudo chown), then repeat the command.",
		},
	);
}
