import { type Base, knownKindIn } from "../capture/base.ts";
import { type Captured, capture } from "../capture/capture.ts";
import type { Glance } from "../capture/capture-databases.ts";
import type { Copies } from "../capture/copies.ts";
import type { Survey } from "../capture/survey.ts";
import { neededFor, neededInside, refuseFullDisk } from "../create/room.ts";
import { syncNew } from "../files/durable.ts";
import {
	type Agent,
	databaseExpectation,
	settingsOrDefaults,
} from "../home/agent.ts";
import { countedIn } from "../home/counted.ts";
import { clearedIn } from "../home/coverage.ts";
import type { Member } from "../home/scan.ts";
import type { Coverage, Manifest } from "../manifest/manifest.ts";
import type { PartTags } from "../parts/part-tags.ts";
import type { StorePaths } from "../store/store.ts";
import type { RestoreRequest } from "./restore.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { WaysIn } from "./ways-in.ts";

/** The present as it is captured before a restore: what the undo snapshot will be. */
export function presentFolder({ restoring }: StorePaths): string {
	return `${restoring}/undo`;
}

/** What SQLite and the directories take beside a copy, in bytes. */
const SLACK = 1_000_000;

const LESS = "A restore needs less with --no-undo.";

/** What the rounds before this one have left. */
interface Earlier {
	/** Databases whose write locks are ours: their owners wait for as long as this takes. */
	readonly locked: ReadonlySet<string>;
	/** What has not moved since is not copied again. */
	readonly copies: Copies;
	/** What has not changed since that snapshot is taken over from it. */
	readonly base: Base | undefined;
	readonly tags: PartTags;
}

export interface Present extends Captured {
	/** Of the folder that it was captured into; undefined where no undo snapshot will be made of it. */
	readonly survey: Survey | undefined;
}

/** Captures what a restore may touch. @throws SnapshotError `no-space` before anything is copied */
export async function capturePresent(
	agent: Agent,
	manifest: Manifest,
	coverage: Coverage,
	request: RestoreRequest,
	{ locked, copies, base, tags }: Earlier,
): Promise<Present> {
	const { system, home, store, patience, host } = agent;
	const isPlain = ({ kind }: Member) => kind !== "database";
	const plain = new Set(
		manifest.entries
			.filter((entry) => entry.kind === "file" && entry.size > 0)
			.map(({ path }) => path),
	);
	const into = presentFolder(store);
	const needed = (bytes: number) => refuseNoRoom(agent, request, bytes);
	if (system.disk.stat(into) === undefined)
		system.disk.makeDirectory(into, 0o700);
	const captured = await capture(
		system,
		{
			home,
			coverage,
			store: store.directory,
			expectDatabase: databaseExpectation(host, manifest),
			isPlain: (path) => plain.has(path),
			knownKind: knownKindIn(base),
			cleared: (path) => clearedIn(host, path),
			counted: (path) => countedIn(host, path),
			open: locked,
			into,
			copies,
			base,
			tags,
			partsFrom: settingsOrDefaults(agent).partsFromBytes,
			withSchemas: true,
			beforeCopy: ({ members }) =>
				needed(
					neededFor(
						agent,
						request.undo ? members : members.filter(isPlain),
						base,
					),
				),
			beforeWrite: needed,
			...(!request.undo && { glance: glanceAt(agent, manifest, request) }),
		},
		patience,
	);
	// Now, and not when writers have to wait for the journal.
	const survey = request.undo
		? await syncNew(system, patience, into, captured.shared)
		: undefined;
	return { ...captured, survey };
}

/**
 * Without an undo the present is copied only to be compared, which a copy of another size needs not be: it is done
 * without where there is no room. Not always, because a recovery knows the old form of a database by its content.
 */
function glanceAt(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
): Glance {
	const { store, system } = agent;
	const sizes = new Map(
		manifest.entries.map((entry) => [
			entry.path,
			"size" in entry ? entry.size : undefined,
		]),
	);
	return {
		isCopied(path, size) {
			const free =
				system.disk.freeBytes(store.directory) ?? Number.POSITIVE_INFINITY;
			if (sizes.get(path) !== size && free < size + SLACK) return false;
			refuseNoRoom(agent, request, size);
			return true;
		},
	};
}

/**
 * Room for the new files, and for what SQLite writes beside a live database before it lets go of the old content: a disk
 * that is full only then would stop the restore half-way.
 * @throws SnapshotError `no-space`
 */
export function refuseNoRoomFor(
	agent: Agent,
	request: RestoreRequest,
	{ steps }: RestorePlan,
	present: Captured,
	ways: WaysIn,
): void {
	const now = new Map(present.entries.map((entry) => [entry.path, entry]));
	const inside = (path: string, size: number) => {
		if (ways.get(path) !== "through") return 0;
		const live = now.get(path);
		return neededInside(live?.kind === "database" ? live : undefined, size);
	};
	const sizes = steps.map((step) =>
		step.do === "write" || step.do === "database"
			? step.entry.size + inside(step.path, step.entry.size)
			: 0,
	);
	const needed = sizes.reduce((sum, size) => sum + size, 0);
	refuseNoRoom(agent, request, needed);
}

function refuseNoRoom(
	agent: Agent,
	request: RestoreRequest,
	needed: number,
): void {
	refuseFullDisk(
		agent,
		needed,
		reserveOf(agent, request),
		request.undo && request.typed === undefined ? LESS : undefined,
	);
}

/** A bad line in the settings must not keep anyone from a restore. */
function reserveOf(
	agent: Agent,
	{ undo, ignoreReserve = false }: RestoreRequest,
): number {
	if (!undo || ignoreReserve) return 0;
	return settingsOrDefaults(agent).reserveBytes;
}
