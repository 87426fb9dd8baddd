import { applyJournal } from "../apply/apply.ts";
import { writeJournal } from "../apply/journal.ts";
import { freeQuarantine } from "../apply/quarantine.ts";
import { makeDirectories } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { type Places, realPath } from "../home/layout.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { refuseOtherTree } from "../restore/other-tree.ts";
import type { RestorePlan } from "../restore/restore-plan.ts";
import { prepare } from "../restore/restore-prepare.ts";
import { Staging } from "../restore/staging.ts";
import { giveToOwner, readManifest } from "../store/store.ts";
import { lookAtSnapshot } from "../verify/verify.ts";

/** What a restore came to in a home of its own. */
export interface Rehearsed {
	/** The agent as if that was its home. */
	readonly there: Agent;
	readonly manifest: Manifest;
	readonly plan: RestorePlan;
}

/**
 * Restores a snapshot into an empty home, by all that a restore does: it is looked at, planned, staged and compared with its
 * hashes, written into a journal, carried out. Left out is what the agent's own home would be needed for: its lock,
 * its undo snapshot, and the pruning behind it. The lock of the store must be held.
 * @throws SnapshotError as a restore does
 */
export async function rehearseRestore(
	agent: Agent,
	id: string,
	folder: string,
): Promise<Rehearsed> {
	const { disk, clock } = agent.system;
	const there = agentIn(agent, folder);
	makeHome(agent, there, folder);
	const read = readManifest(disk, there.store, id);
	refuseOtherTree(there, read);
	const manifest = await lookAtSnapshot(there, read, () => true);
	disk.makeDirectory(there.store.restoring, 0o700);
	const staging = new Staging(there, manifest);
	try {
		const request = {
			target: { ref: id },
			dryRun: false,
			include: [],
			select: [],
			undo: false,
		};
		const { plan, steps } = await prepare(there, manifest, request, staging);
		const journal = {
			snapshot: id,
			undo: undefined,
			startedAt: clock.now().toISOString(),
			quarantine: freeQuarantine(there),
			steps: [...steps],
		};
		writeJournal(disk, there.store, journal);
		await applyJournal(there, { formatVersion: 1, ...journal }, staging);
		return { there, manifest, plan };
	} finally {
		await staging.locks.release();
	}
}

/** Snapshots are read where they lie. All that a restore writes goes into the folder: it is on the same disk. */
function agentIn(agent: Agent, folder: string): Agent {
	const { store } = agent;
	const home = placeIn(agent, folder, agent.home) ?? folder;
	return {
		...agent,
		home,
		store: {
			...store,
			home: placeIn(agent, folder, store.home) ?? home,
			restoring: `${folder}/restore`,
			journal: `${folder}/restore/journal.json`,
			suspended: `${folder}/suspended`,
			nextStart: `${folder}/next-start.json`,
			noUndo: `${folder}/no-undo`,
			quarantine: `${folder}/quarantine`,
			going: `${folder}/going`,
		},
	};
}

function makeHome({ system, store }: Agent, there: Agent, folder: string) {
	const owner = system.disk.stat(store.home);
	makeDirectories(system.disk, folder, there.store.home, (made) => {
		if (owner !== undefined) giveToOwner(system, made, owner);
	});
	// Whom it belongs to must be able to come to it.
	if (owner !== undefined) giveToOwner(system, folder, owner);
}

/**
 * Where a path of the agent's lies there: under the last names of its home, of which variables may name the one
 * above. Undefined: it is none of the agent's.
 */
function placeIn(
	{ home }: Agent,
	folder: string,
	path: string,
): string | undefined {
	if (!isWithin(path, home)) return undefined;
	const last = home.split("/").filter(Boolean).slice(-2);
	return `${[folder, "home", ...last].join("/")}${path.slice(home.length)}`;
}

/**
 * What a program has to be told so that it takes that home for its own, and nothing of the live one. Undefined: that
 * cannot be said in its variables.
 */
export function environmentIn(
	agent: Agent,
	places: Places,
	folder: string,
): Record<string, string | undefined> | undefined {
	const { host, system } = agent;
	const roots = Object.entries(host.roots ?? {}).map(
		([name, { variable, below = "" }]) => ({
			variable,
			below,
			place: places.roots[name],
		}),
	);
	const own = { ...host.home, place: places.home };
	// What moves some of its state away would lead to the live one.
	const environment: Record<string, string | undefined> = Object.fromEntries(
		Object.keys(host.movedBy ?? {}).map((name) => [name, undefined]),
	);
	for (const { variable, below = "", place } of [...roots, own]) {
		const real = place === undefined ? "" : realPath(system.disk, place);
		const path = placeIn(agent, folder, real);
		const end = below === "" ? "" : `/${below}`;
		if (path === undefined || !path.endsWith(end)) return undefined;
		environment[variable] = path.slice(0, path.length - end.length);
	}
	return environment;
}
