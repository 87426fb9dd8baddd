import { withPushing } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { whyFailed } from "../core/reasons.ts";
import { findSnapshot } from "../core/store/find-snapshot.ts";
import { listSnapshots, type SnapshotInfo } from "../core/store/listing.ts";
import { withLock } from "../core/store/lock.ts";
import { readManifest } from "../core/store/store.ts";
import { notingDamage } from "../core/verify/noting-damage.ts";
import { verifySnapshot } from "../core/verify/verify.ts";
import { inTurns } from "../core/work.ts";
import { SnapshotError } from "../errors.ts";
import { madeBy } from "./add.ts";
import { linkingTree } from "./linked-tree.ts";
import { noteDown, noteOf } from "./notes.ts";
import type { Remote } from "./remotes.ts";
import { listRemote, type RemoteSnapshot } from "./repository.ts";
import { openRestic, type Restic, type Status } from "./restic.ts";
import { tagsOf } from "./tags.ts";
import { contentsHash, lookWhether } from "./wholeness.ts";

export interface Pushed {
	readonly snapshot: SnapshotInfo;
	/** False: it was there already. */
	readonly isSent: boolean;
	/** Bytes that were not there yet, before they were compressed. */
	readonly added: number;
	readonly milliseconds: number;
	/** What restic calls it. */
	readonly resticId: string;
}

/**
 * Sends a snapshot as it lies in the store: its parts are what the snapshots before have, too. The lock of the store is
 * held only while its files get second names; then other commands go on, and what is sent is compared with its hashes.
 * @throws SnapshotError `not-found`, `damaged`, `locked`, and what restic meets
 */
export async function pushSnapshot(
	agent: Agent,
	remote: Remote,
	ref: string,
): Promise<Pushed> {
	const { system, store } = agent;
	const restic = await openRestic(agent, remote);
	const snapshot = findSnapshot(listSnapshots(system.disk, store), ref);
	const begun = system.clock.monotonic();
	const atIt = alreadyAtIt();
	try {
		const pushed = await withPushing(agent, (folder) =>
			pushFrom(agent, restic, snapshot, folder),
		);
		if (pushed === undefined) throw atIt;
		const milliseconds = Math.round(system.clock.monotonic() - begun);
		const at = system.clock.now().toISOString();
		const { added } = pushed;
		noteDown(agent, remote.name, {
			begun: undefined,
			lastFailure: undefined,
			lastPush: { at, id: snapshot.id, added, milliseconds },
		});
		return { snapshot, milliseconds, ...pushed };
	} catch (error) {
		if (error !== atIt) noteFailure(agent, remote, error);
		throw error;
	}
}

type Sent = Pick<Pushed, "isSent" | "added" | "resticId">;

async function pushFrom(
	agent: Agent,
	restic: Restic,
	snapshot: SnapshotInfo,
	folder: string,
): Promise<Sent> {
	const { name } = restic.remote;
	if (noteOf(agent, name).begun !== undefined)
		await restic.run({ words: ["unlock"], doing: "push" });
	noteDown(agent, name, { begun: agent.system.clock.now().toISOString() });
	const manifest = await linkAndCompare(agent, snapshot.id, folder);
	const contents = contentsHash(manifest);
	for (const there of await listRemote(agent, restic))
		if (
			isSame(there, snapshot, contents) &&
			(await lookWhether(agent, restic, there.resticId, contents))
		)
			return { isSent: false, added: 0, resticId: there.resticId };
	agent.patience.progress?.begin("sending", snapshot.bytes);
	const lines = await restic.run({
		words: backupWords(agent, snapshot, contents),
		doing: "push",
		directory: folder,
		onStatus: tellingOf(agent),
	});
	const made = madeBy(lines);
	if (await lookWhether(agent, restic, made.resticId, contents))
		return { isSent: true, ...made };
	throw new SnapshotError(
		"failed",
		`What restic noted as ${made.resticId} is not all of ${snapshot.id}. Nothing in the agent's home was changed.`,
		{
			hint: "Push it again; `remote verify` tells whether the repository is sound.",
		},
	);
}

/** By what is said of it. One of another machine may have its name, and even its size. */
function isSame(
	there: RemoteSnapshot,
	{ id, complete }: SnapshotInfo,
	contents: string,
): boolean {
	return (
		there.isOwn &&
		there.id === id &&
		there.complete === complete &&
		(there.contents ?? contents) === contents &&
		there.isWhole !== false
	);
}

async function linkAndCompare(
	agent: Agent,
	id: string,
	folder: string,
): Promise<Manifest> {
	const { system, store, patience } = agent;
	await withLock(agent, "remote push", async () => {
		const manifest = readManifest(system.disk, store, id);
		const from = `${store.directory}/${id}`;
		await inTurns(
			system,
			patience,
			linkingTree(system.disk, from, manifest, folder),
		);
	});
	const [, name = ""] = /([^/]+)$/.exec(folder) ?? [];
	try {
		const manifest = readManifest(system.disk, store, name);
		await notingDamage(agent, () => verifySnapshot(agent, manifest), { id });
		return manifest;
	} catch (error) {
		throw renamed(error, name, id);
	}
}

/** It was read by another name than people know it by. */
export function renamed(error: unknown, name: string, id: string): unknown {
	if (!(error instanceof SnapshotError)) return error;
	const { code, message, hint = "", cause } = error;
	return new SnapshotError(code, message.replaceAll(name, id), { hint, cause });
}

function backupWords(
	{ host, system }: Agent,
	snapshot: SnapshotInfo,
	contents: string,
): string[] {
	const time = snapshot.createdAt.toISOString();
	const tags = tagsOf(snapshot, {
		agent: host.name,
		machineId: system.processes.machineId,
		contents,
		now: system.clock.now(),
	}).flatMap((tag) => ["--tag", tag]);
	return [
		"backup",
		"--json",
		// Of the state, and not of the push: by this `forget` counts days.
		"--time",
		time.slice(0, 19).replace("T", " "),
		...tags,
		".",
	];
}

function tellingOf({ patience }: Agent): (status: Status) => void {
	let told = 0;
	return ({ done }) => {
		patience.progress?.add(Math.max(0, done - told));
		told = Math.max(told, done);
	};
}

function alreadyAtIt(): SnapshotError {
	return new SnapshotError(
		"locked",
		"Another push of this agent is at work. Nothing was changed.",
		{ hint: "Try again when it has ended." },
	);
}

function noteFailure(agent: Agent, { name }: Remote, error: unknown): void {
	const at = agent.system.clock.now().toISOString();
	const why = error instanceof SnapshotError ? error.message : whyFailed(error);
	noteDown(agent, name, { lastFailure: { at, why } });
}
