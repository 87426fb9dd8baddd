import type { Agent } from "../core/home/agent.ts";
import type { Step } from "../core/restore/restore-steps.ts";

/** Whether something that is there would be another then, or gone; modes and times count, whatever the content. */
export function changesWhatIsThere(
	agent: Agent,
	steps: readonly Step[],
): boolean {
	const last = new Map(steps.map((step) => [step.path, step]));
	return steps.some((step) => {
		if (step.do === "remove" || step.do === "set-aside") return true;
		if (step.do !== "set-mode") return "was" in step && step.was !== undefined;
		// A directory that lets nobody write is opened for a while.
		return last.get(step.path) === step && looksOtherwise(agent, step);
	});
}

/** What is not there yet gets its mode when it is made. */
function looksOtherwise(
	{ system: { disk }, home }: Agent,
	{ path, mode, mtime }: Extract<Step, { do: "set-mode" }>,
): boolean {
	const found = disk.stat(`${home}/${path}`);
	if (found === undefined) return false;
	return found.mode !== mode || (mtime !== undefined && found.mtime !== mtime);
}
