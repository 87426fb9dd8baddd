import { SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { strangerIn } from "../apply/strangers.ts";
import type { Agent } from "../home/agent.ts";
import { ancestorsOf } from "../home/paths.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** What makes a plan impossible before it begins. @throws SnapshotError `failed` */
export function refuseObstacles(agent: Agent, plan: RestorePlan): void {
	refuseObstructed(agent, plan);
	refuseLinksAbove(agent, plan);
	refuseStrangeQuarantine(agent, plan);
}

/** A directory that has to give way to a file or link, and holds things that were never captured. */
function refuseObstructed(agent: Agent, { steps }: RestorePlan): void {
	const arriving = new Set(
		steps
			.filter((step) => "was" in step && step.do !== "remove")
			.map(({ path }) => path),
	);
	for (const step of steps) {
		if (
			step.do !== "remove" ||
			step.was.kind !== "directory" ||
			!arriving.has(step.path)
		)
			continue;
		const stranger = strangerIn(agent, steps, step.path);
		if (stranger === undefined) continue;
		throw new SnapshotError(
			"failed",
			`${step.path} is a directory now and holds ${stranger.slice(step.path.length + 1)}, which was never captured. Nothing was changed.`,
			{
				hint: "Move that directory away, then repeat the command.",
			},
		);
	}
}

/** Steps that change what is there are done by way of it, or have to move there what an agent writes meanwhile. */
function refuseStrangeQuarantine(agent: Agent, { steps }: RestorePlan): void {
	const { quarantine } = agent.store;
	const needed = steps.some(
		(step) => step.do !== "make-directory" && step.do !== "set-mode",
	);
	const why = needed ? whyNoQuarantine(agent) : undefined;
	if (why === undefined) return;
	throw new SnapshotError(
		"failed",
		`${quarantine} ${why}, so this restore could stop half-way. Nothing was changed.`,
		{
			hint: "Move it away, or give it back to the agent's user (sudo chown), then repeat the command.",
		},
	);
}

/** Where nothing can be moved to in one step. */
function whyNoQuarantine({
	system: { disk, processes },
	store,
}: Agent): string | undefined {
	const found = disk.stat(store.quarantine);
	if (found === undefined) return undefined;
	if (found.kind !== "directory") return "is no directory";
	const isMounted = processes.mountPoints().includes(store.quarantine);
	if (isMounted || found.device !== disk.stat(store.directory)?.device)
		return "lies on another disk";
	return disk.mayChangeIn(store.quarantine) && !disk.isFixed(store.quarantine)
		? undefined
		: "may not be changed by this user";
}

/** The link that stands where a directory on the way to this path belongs. */
export function linkAbove(
	disk: Disk,
	root: string,
	path: string,
): string | undefined {
	return ancestorsOf(path).find(
		(ancestor) => disk.stat(`${root}/${ancestor}`)?.kind === "link",
	);
}

/** Nothing is written through a link; one that the plan itself removes is no obstacle. */
function refuseLinksAbove(
	{ system: { disk }, home }: Agent,
	{ steps }: RestorePlan,
): void {
	const going = new Set(
		steps
			.filter((step) => step.do === "remove" || step.do === "set-aside")
			.map(({ path }) => path),
	);
	for (const { path } of steps) {
		const link = linkAbove(disk, home, path);
		if (link === undefined || going.has(link)) continue;
		throw new SnapshotError(
			"failed",
			`${link} is a link, and ${path} would be written through it. Nothing was changed.`,
			{ hint: `Put a directory where ${link} is, then repeat the command.` },
		);
	}
}
