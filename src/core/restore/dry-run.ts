import type { Captured } from "../capture/capture.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { sameParts } from "../parts/same-parts.ts";
import { verifySnapshot } from "../verify/verify.ts";
import { mayReadThere } from "./new-content.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { readOthers } from "./staged-file.ts";
import type { WaysIn } from "./ways-in.ts";

/** What a real one finds when it stages the new files. What that does not read, is not read. */
export async function refuseRuined(
	agent: Agent,
	manifest: Manifest,
	{ steps }: RestorePlan,
	{ ways, present }: { ways: WaysIn; present: Captured },
): Promise<void> {
	const needed = new Set<string>();
	for (const step of steps) {
		if (!("entry" in step)) continue;
		const { entry, path } = step;
		const isReadThere =
			step.do === "database" &&
			mayReadThere(agent, step.entry, ways.get(path) ?? "rename");
		if (!isReadThere) needed.add(entry.path);
		else {
			const now = present.entries.find((one) => one.path === path);
			const same = sameParts(now, step.entry);
			await readOthers(agent, manifest.id, step.entry, same, new Set());
		}
	}
	await verifySnapshot(agent, manifest, (path) => needed.has(path));
}
