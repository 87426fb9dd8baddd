import { pushingIn } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import { SnapshotError } from "../errors.ts";
import { noteDown } from "./notes.ts";
import { listRemote, type RemoteSnapshot } from "./repository.ts";
import type { Restic } from "./restic.ts";
import { isRefusal } from "./restic-failure.ts";
import { shown } from "./shown.ts";
import { OURS } from "./tags.ts";

/** What stays of each agent of each machine. */
export const RULES = "7 daily, 4 weekly and 6 monthly";
const KEEP = [
	...["--keep-daily", "7", "--keep-weekly", "4", "--keep-monthly", "6"],
	...["--keep-tag", "pinned"],
];

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
 * Removes old snapshots from a repository, and what only they held. Those that lack something are counted apart: they push no
 * good one out.
 * @throws SnapshotError `failed`: this machine may not
 */
export async function forgetOld(
	agent: Agent,
	restic: Restic,
	request: ForgetRequest,
): Promise<Forgotten> {
	const all = await listRemote(agent, restic);
	const going = new Set<string>();
	for (const which of ["complete", "incomplete"])
		for (const id of await forgetThose(agent, restic, which, request))
			going.add(id);
	const removed = all.filter(({ resticId }) => going.has(resticId));
	const kept = all.filter(
		({ resticId, isOwn }) =>
			!going.has(resticId) && (isOwn || request.allHosts),
	);
	if (!request.dryRun && removed.length > 0) {
		agent.patience.progress?.begin("removing");
		await restic.run({
			words: ["prune"],
			doing: "removal of what is not needed",
		});
	}
	return { removed, kept };
}

/** Returns what went, by restic's ids. */
async function forgetThose(
	agent: Agent,
	restic: Restic,
	which: string,
	{ dryRun, allHosts }: ForgetRequest,
): Promise<string[]> {
	const { host, system } = agent;
	const own = [
		"--host",
		system.processes.machineName,
		"--path",
		pushingIn(agent),
	];
	const tag = allHosts
		? `${OURS},${which}`
		: `${OURS},${which},agent:${host.name}`;
	const lines = await restic.run({
		words: [
			...["forget", "--json", "--group-by", "host,paths", "--tag", tag],
			...(allHosts ? [] : own),
			...KEEP,
			...(dryRun ? ["--dry-run"] : []),
		],
		doing: "removal",
		isVain: isRefusal,
		rescue: ({ kind }) =>
			kind === "refused" ? mayNot(agent, restic) : undefined,
	});
	return lines.flatMap(removedIn);
}

function removedIn(line: string): string[] {
	if (!line.startsWith("[")) return [];
	const groups: unknown = JSON.parse(line);
	return (Array.isArray(groups) ? groups : []).flatMap(({ remove }) =>
		(Array.isArray(remove) ? remove : []).map(({ id }) => String(id)),
	);
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
	const { name, repository } = restic.remote;
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
		rescue({ kind, said }) {
			if (kind !== "other") return undefined;
			note(false);
			return new SnapshotError(
				"damaged",
				`${shown(repository)} is DAMAGED: ${shown(said)}. Nothing was changed.`,
				{
					hint: 'restic says more: "restic check". The snapshots here are not affected: push to another repository, too.',
				},
			);
		},
	});
	note(true);
}
