import { refuseFullDisk } from "../core/create/room.ts";
import { withScratch } from "../core/files/scratch.ts";
import { type Agent, settingsOrDefaults } from "../core/home/agent.ts";
import type { Host } from "../core/home/host.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { outsideFor } from "../core/home/leading-outside.ts";
import { type Outside, withOutside } from "../core/home/outside.ts";
import { externalIn } from "../core/home/said-outside.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import {
	type RestoreOutcome,
	restoreSnapshot,
} from "../core/restore/restore.ts";
import { isRecoveryPending, prepareStore } from "../core/store/store.ts";
import { printable } from "../core/words.ts";
import type { Archive } from "./archive.ts";
import { type Contents, contentsOf } from "./contents.ts";
import type { Keys } from "./encryption.ts";
import { addSnapshot, takeOut } from "./imported-snapshot.ts";
import {
	type Bounds,
	mostIn,
	RATIO,
	RATIO_FROM,
	refuseHarmful,
	refuseMany,
} from "./member-names.ts";
import { openArchive } from "./open-archive.ts";
import { unpack } from "./unpack.ts";
import { changesWhatIsThere } from "./what-is-there.ts";

export interface ImportRequest {
	/** Of the archive. */
	readonly file: string;
	readonly keys: Keys;
	/** Only says what would change. */
	readonly dryRun: boolean;
	/** Goes over what is there. */
	readonly force: boolean;
	/** All agents that are known. */
	readonly hosts: readonly Host[];
	/** Where it is to come to. */
	readonly known: KnownAgent;
}

export interface Imported {
	readonly contents: Pick<Contents, "manifest" | "left" | "linksOut">;
	readonly comment: string;
	/** The snapshot that was made of it; its id is in the list as long as it was not only looked at. */
	readonly manifest: Manifest;
	readonly outcome: RestoreOutcome;
	/** Other programs' directories that are in the home now, absolute, because they could not be put beside it. */
	readonly inHome: readonly string[];
	/** It was not done, because something is there already. */
	readonly isHeldBack: boolean;
}

/** It is another agent's: to be imported into that one's home. */
export interface OfAnother {
	readonly other: Host;
}

/**
 * Makes a snapshot of an archive, and restores it: what a restore promises holds for it, undo and all.
 * @throws SnapshotError `failed`, `damaged`, `wrong-key`, `no-space`, and as a restore does
 */
export async function importArchive(
	agent: Agent,
	request: ImportRequest,
): Promise<Imported | OfAnother> {
	const { system, store } = agent;
	prepareStore(system, store);
	const name = printable(request.file);
	return withScratch(agent, async (scratch) => {
		const archive = await openArchive(agent, {
			path: request.file,
			keys: request.keys,
			scratch,
			most: (packed) =>
				request.force
					? Number.POSITIVE_INFINITY
					: Math.max(RATIO_FROM, packed * RATIO),
		});
		try {
			const bounds = {
				packed: archive.packed,
				most: mostIn(archive.comment),
				isForced: request.force,
			};
			const outside = outsideFor(agent, request.known);
			const wide = withOutside(agent, outside);
			const contents = await lookInto(wide, archive, name, request, bounds);
			if (contents.host.name !== agent.host.name)
				return { other: contents.host };
			const isBeside = externalIn(agent, pathsOf(contents)).length > 0;
			const place = { scratch, outside: isBeside ? outside : undefined };
			return await bringIn(agent, archive, contents, request, place);
		} finally {
			archive.close();
		}
	});
}

async function lookInto(
	agent: Agent,
	archive: Archive,
	name: string,
	{ hosts, known, force }: ImportRequest,
	bounds: Bounds,
): Promise<Contents> {
	if (!force) refuseMany(name, archive.count ?? 0, bounds.most);
	refuseHarmful(name, await archive.list(), bounds);
	const looking = { hosts, known, isForced: force };
	return contentsOf(agent, archive, name, looking);
}

function pathsOf({ state, others, captured }: Contents): string[] {
	const files = [...state.values()].map(({ path }) => path);
	const rest = others.map(({ path }) => path);
	return [...files, ...rest, ...(captured?.paths ?? [])];
}

interface Place {
	/** Our own in the store. */
	readonly scratch: string;
	/** Undefined: all of it goes into the home. */
	readonly outside: Outside | undefined;
}

async function bringIn(
	agent: Agent,
	archive: Archive,
	contents: Contents,
	request: ImportRequest,
	{ scratch, outside }: Place,
): Promise<Imported> {
	const { disk } = agent.system;
	refuseFullDisk(agent, contents.bytes, settingsOrDefaults(agent).reserveBytes);
	agent.patience.progress?.begin("copying", contents.bytes);
	const state = `${scratch}/state`;
	disk.makeDirectory(state, 0o700);
	const { entries } = await unpack(agent, archive, contents.state, state);
	// That says where it goes: the restore finds it there, and whoever recovers that.
	const wide = withOutside(agent, outside);
	const manifest = await addSnapshot(wide, contents, entries, state, request);
	const outcome = await restored(agent, manifest.id, request, wide);
	return {
		contents,
		comment: archive.comment,
		manifest,
		outcome: outcome.outcome,
		inHome: outside ? [] : externalIn(agent, pathsOf(contents)),
		isHeldBack: !outcome.isDone && !request.dryRun,
	};
}

/**
 * Restores it, unless that was only to be tried, or would change something that is there and nobody has insisted. A snapshot
 * that nothing has come of goes again.
 * @param wide for whom the names of other programs' directories lead there
 */
async function restored(
	agent: Agent,
	id: string,
	{ dryRun, force }: ImportRequest,
	wide: Agent,
): Promise<{ outcome: RestoreOutcome; isDone: boolean }> {
	const restore = (isTrial: boolean) =>
		restoreSnapshot(agent, {
			target: { ref: id },
			dryRun: isTrial,
			include: [],
			select: [],
			undo: true,
			typed: "import",
		});
	let isKept = false;
	try {
		if (dryRun || !force) {
			const outcome = await restore(true);
			if (dryRun || changesWhatIsThere(wide, outcome.plan.steps))
				return { outcome, isDone: false };
		}
		const outcome = await restore(false);
		isKept = true;
		return { outcome, isDone: true };
	} finally {
		const { system, store } = agent;
		if (!isKept && !isRecoveryPending(system.disk, store))
			await takeOut(agent, id);
	}
}
