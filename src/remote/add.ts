import { writeNew } from "../core/files/durable.ts";
import { withScratch } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import { prepareStore } from "../core/store/store.ts";
import { SnapshotError } from "../errors.ts";
import { noteDown } from "./notes.ts";
import { type Remote, remotesOf, writeRemote } from "./remotes.ts";
import { listed } from "./repository.ts";
import { fieldsOf, openRestic, type Restic } from "./restic.ts";
import { isRefusal } from "./restic-failure.ts";
import { shown } from "./shown.ts";
import { TRIAL } from "./tags.ts";

export interface Added {
	/** There was no repository. */
	readonly isNew: boolean;
	/** Whoever takes over this machine can delete what is there. */
	readonly canDelete: boolean;
}

/**
 * Finds out whether a repository can be used, makes it where there is none, and writes it into the settings.
 * @throws SnapshotError `wrong-key`, `failed`; nothing is written then
 */
export async function addRemote(agent: Agent, remote: Remote): Promise<Added> {
	refuseTaken(agent, remote);
	const restic = await openRestic(agent, remote);
	prepareStore(agent.system, agent.store);
	const trials = await trialsIn(restic);
	const isNew = trials === undefined;
	if (isNew) await restic.run({ words: ["init"], doing: "making of it" });
	const { machineName } = agent.system.processes;
	const before = trials?.find(({ hostname }) => hostname === machineName);
	const canDelete = await mayDelete(agent, restic, before?.id);
	const { name, ...settings } = remote;
	writeRemote(agent, name, settings);
	const triedAt = agent.system.clock.now().toISOString();
	noteDown(agent, name, { canDelete, triedAt });
	return { isNew, canDelete };
}

/** What is noted of the one of that name would be taken for what is true of the other. */
function refuseTaken(agent: Agent, { name, repository }: Remote): void {
	const other = remotesOf(agent).find((one) => one.name === name);
	if (other === undefined || other.repository === repository) return;
	throw new SnapshotError(
		"failed",
		`${JSON.stringify(name)} is ${shown(other.repository)} already. Nothing was changed.`,
		{ hint: "Give this one another --name, or `remote remove` that one." },
	);
}

class NotThere extends Error {}

/** What was pushed to be tried on, and could not be removed then. Undefined: there is no repository. */
async function trialsIn(
	restic: Restic,
): Promise<Awaited<ReturnType<typeof listed>> | undefined> {
	try {
		return await listed(restic, TRIAL, {
			isFirst: true,
			rescue: ({ kind }) =>
				kind === "no-repository" ? new NotThere() : undefined,
		});
	} catch (error) {
		if (!(error instanceof NotThere)) throw error;
		return undefined;
	}
}

class Refused extends Error {}

/**
 * By trying, on a snapshot of a few bytes that is made for it. Not with `--prune`, which would go through all of a fleet's
 * repository: who can take a snapshot out of the list has lost it for everyone.
 */
async function mayDelete(
	agent: Agent,
	restic: Restic,
	before: string | undefined,
): Promise<boolean> {
	const trial = before ?? (await pushTrial(agent, restic));
	try {
		await restic.run({
			words: ["forget", trial],
			doing: "removal of a snapshot made for trying",
			isVain: isRefusal,
			rescue: ({ kind }) => (kind === "refused" ? new Refused() : undefined),
		});
	} catch (error) {
		if (!(error instanceof Refused)) throw error;
		return false;
	}
	// There are servers that say yes and keep it.
	const left = await listed(restic, TRIAL);
	return !left.some(({ id }) => id.startsWith(trial));
}

function pushTrial(agent: Agent, restic: Restic): Promise<string> {
	const { disk, clock } = agent.system;
	return withScratch(agent, async (directory) => {
		const text = `Made at ${clock.now().toISOString()} to see whether it can be deleted.\n`;
		writeNew(disk, `${directory}/trial.txt`, Buffer.from(text), 0o600);
		const lines = await restic.run({
			words: ["backup", "--json", "--tag", TRIAL, "."],
			doing: "push of a snapshot made for trying",
			directory,
		});
		return madeBy(lines).resticId;
	});
}

/** What `backup` says in the end. */
export function madeBy(lines: readonly string[]): {
	readonly resticId: string;
	/** Bytes that were not there yet, before they were compressed. */
	readonly added: number;
} {
	const end = lines.findLast((line) => line.includes('"summary"')) ?? "";
	const { snapshot_id: id, data_added: added } = fieldsOf(end);
	return { resticId: String(id ?? ""), added: Number(added ?? 0) };
}
