import type { Agent } from "../core/home/agent.ts";
import { SnapshotError } from "../errors.ts";
import { type ForgetPlan, planForget } from "./forget-plan.ts";
import { noteDown } from "./notes.ts";
import { listRemote, type RemoteSnapshot } from "./repository.ts";
import type { Restic } from "./restic.ts";
import { isRefusal } from "./restic-failure.ts";
import { shown } from "./shown.ts";
import { lookWhether } from "./wholeness.ts";

export interface ForgetRequest {
	readonly dryRun: boolean;
	/** Those of other machines and agents, too. */
	readonly allHosts: boolean;
}

export interface Forgotten {
	/** That were removed, or would be. */
	readonly removed: readonly RemoteSnapshot[];
	readonly kept: readonly RemoteSnapshot[];
}

/**
 * Removes old snapshots from a repository, and what only they held. Before one goes, those that stay in its stead are looked
 * at: what restic noted while it could not read all of it is none.
 * @throws SnapshotError `failed`: this machine may not
 */
export async function forgetOld(
	agent: Agent,
	restic: Restic,
	{ dryRun, allHosts }: ForgetRequest,
): Promise<Forgotten> {
	const all = (await listRemote(agent, restic)).filter(
		({ isOwn }) => isOwn || allHosts,
	);
	const { removed, kept } = await provedPlan(agent, restic, all);
	if (!dryRun && removed.length > 0) {
		agent.patience.progress?.begin("removing");
		const ids = removed.map(({ resticId }) => resticId);
		for (let from = 0; from < ids.length; from += AT_ONCE)
			await removeThose(agent, restic, ids.slice(from, from + AT_ONCE));
		await restic.run({
			words: ["prune"],
			doing: "removal of what is not needed",
		});
	}
	return { removed, kept };
}

/** Looks until nothing would go by one that is not known to be whole. */
async function provedPlan(
	agent: Agent,
	restic: Restic,
	all: readonly RemoteSnapshot[],
): Promise<ForgetPlan> {
	const looked = new Map<string, boolean | undefined>();
	for (const { resticId, isWhole } of all)
		if (isWhole !== undefined) looked.set(resticId, isWhole);
	for (;;) {
		const plan = planForget(all, looked);
		if (plan.unproved.length === 0) return plan;
		agent.patience.progress?.begin("verifying");
		for (const { resticId } of plan.unproved)
			looked.set(resticId, await lookWhether(agent, restic, resticId));
	}
}

/** A command line has an end. */
const AT_ONCE = 500;

async function removeThose(
	agent: Agent,
	restic: Restic,
	ids: readonly string[],
): Promise<void> {
	await restic.run({
		words: ["forget", ...ids],
		doing: "removal",
		isVain: isRefusal,
		rescue: ({ kind }) =>
			kind === "refused" ? mayNot(agent, restic) : undefined,
	});
}

function mayNot(agent: Agent, { remote }: Restic): SnapshotError {
	const triedAt = agent.system.clock.now().toISOString();
	noteDown(agent, remote.name, { canDelete: false, triedAt });
	return new SnapshotError(
		"failed",
		`${shown(remote.repository)} lets this machine add snapshots and delete none, which is what protects them from whoever takes it over. Nothing was removed.`,
		{
			hint: "Give `remote forget --all-hosts` on the machine that may: see docs/remote.md.",
		},
	);
}

/**
 * Has restic look whether the repository is whole. @param subset "5%", "1/7", "500M": of what is there so much is read;
 * undefined: only what it is made of
 * @throws SnapshotError `damaged`
 */
export async function checkRepository(
	agent: Agent,
	restic: Restic,
	subset: string | undefined,
): Promise<void> {
	const { name } = restic.remote;
	const note = (ok: boolean) =>
		noteDown(agent, name, {
			lastCheck: { at: agent.system.clock.now().toISOString(), ok },
		});
	agent.patience.progress?.begin("verifying");
	await restic.run({
		words: [
			"check",
			...(subset === undefined ? [] : [`--read-data-subset=${subset}`]),
		],
		doing: "check",
		rescue({ kind }) {
			if (kind === "damaged") note(false);
			return undefined;
		},
	});
	note(true);
}
