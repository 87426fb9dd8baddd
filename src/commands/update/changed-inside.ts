import { type Diff, diffInShort } from "../../core/diff/diff.ts";
import type { Agent } from "../../core/home/agent.ts";
import { readManifest } from "../../core/store/store.ts";
import type { GuardOutcome } from "../../core/update/guarded-run.ts";
import { errorCode, SnapshotError } from "../../errors.ts";
import { fileLines } from "../diff/diff-file-lines.ts";
import type { Words } from "../diff/diff-words.ts";

/** What a command has changed within settings and texts, a line a file, with no secret in it: "config.yaml: model a → b". */
export async function changedInside(
	agent: Agent,
	{ before, verdict }: GuardOutcome,
): Promise<string[]> {
	const changed = verdict?.changed?.changed ?? [];
	if ("why" in before || verdict === undefined || changed.length === 0)
		return [];
	const { after } = verdict;
	if ("why" in after || after.snapshot.id === before.snapshot.id) return [];
	const diff = await orNone(() =>
		diffInShort(agent, {
			left: before.snapshot.id,
			right: after.snapshot.id,
			only: textsOf(agent, after.snapshot.id, changed),
		}),
	);
	return diff === undefined ? [] : fileLines(diff.differences, MEANWHILE);
}

/** What has changed in databases is counted. */
function textsOf(
	{ system, store }: Agent,
	id: string,
	changed: readonly string[],
): string[] {
	const { entries } = readManifest(system.disk, store, id);
	const files = entries.filter(({ kind }) => kind === "file");
	return files.map(({ path }) => path).filter((path) => changed.includes(path));
}

/** Whatever happens to a snapshot meanwhile, or whoever is tired of waiting: all else is reported. */
async function orNone(
	work: () => Promise<Diff | undefined>,
): Promise<Diff | undefined> {
	try {
		return await work();
	} catch (error) {
		// All else is a bug.
		if (error instanceof SnapshotError || errorCode(error) !== undefined)
			return undefined;
		throw error;
	}
}

/** As an update goes: from the one before to the one after. */
const MEANWHILE: Words = {
	is: (side) => ({ left: "gone", right: "new", changed: "changed" })[side],
	both: (then, now) => `${then} → ${now}`,
	at: (side) => (side === "left" ? "before" : "now"),
	otherwise: "made otherwise",
	isNow: false,
	isEach: true,
};
