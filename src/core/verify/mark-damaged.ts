import { writeDurably } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { withLock } from "../store/lock.ts";
import { giveToOwner } from "../store/store.ts";
import { type Mark, readMarks } from "./marked.ts";
import type { Verified } from "./verify-snapshots.ts";

export interface Marked {
	/** Written down now. */
	readonly added: readonly string[];
	/** Found sound, and relied on again. */
	readonly removed: readonly string[];
}

/**
 * Writes down what a verification has found, so that nothing relies on it. Of the others what was written stays.
 * @throws SnapshotError `locked`
 */
export function markDamaged(
	agent: Agent,
	verified: readonly Verified[],
): Promise<Marked> {
	return withLock(agent, "verify", async () => {
		const { system, store } = agent;
		const { disk, clock } = system;
		const before = readMarks(disk, store);
		// What has gone meanwhile needs no mark, and another one may get its id some day.
		const isThere = (id: string) =>
			disk.stat(`${store.directory}/${id}`)?.kind === "directory";
		const marks = new Map([...before].filter(([id]) => isThere(id)));
		const at = clock.now().toISOString();
		for (const { id, damage } of verified) {
			const [first] = damage;
			if (first === undefined) marks.delete(id);
			else if (isThere(id)) marks.set(id, { at, why: sentenceOf(first) });
		}
		const removed = [...before.keys()].filter((id) => !marks.has(id));
		const added = [...marks.keys()].filter((id) => !before.has(id));
		if (marks.size > 0 || before.size > 0) write(agent, marks);
		return { added, removed };
	});
}

function sentenceOf({ path, what }: Verified["damage"][number]): string {
	return `${path} ${what}`;
}

function write(
	{ system, store }: Agent,
	marks: ReadonlyMap<string, Mark>,
): void {
	const text = JSON.stringify(Object.fromEntries(marks));
	writeDurably(system.disk, store.marks, `${text}\n`);
	const home = system.disk.stat(store.home);
	if (home !== undefined) giveToOwner(system, store.marks, home);
}
