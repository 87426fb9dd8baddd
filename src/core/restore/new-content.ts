import type { Disk, IsKnown, NewContent } from "../../system/system.ts";
import { type JournalStep, stagedPath } from "../apply/journal.ts";
import type { Captured } from "../capture/capture.ts";
import type { DatabaseEntry, FileEntry } from "../capture/entry.ts";
import { syncDirectory } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { sameParts } from "../parts/same-parts.ts";
import { filesOf } from "../parts/stored-file.ts";
import { isPutTogether, stageFile } from "../parts/whole-file.ts";
import {
	asOwnerLeftIt,
	copyStored,
	finishFile,
	readOthers,
	refuseDamagedDatabase,
} from "./staged-file.ts";

export type Arrival = Extract<JournalStep, { do: "database" }>;

/**
 * A database in parts that goes in through SQLite is read where it lies in the snapshot, and an empty file is staged in its
 * stead: that it has still to go in, see `ReadThere`. A recovery finds that this is not it, and stages it whole. One that
 * no create has searched to the end is searched in one piece.
 * @throws as `copyStored`
 */
export async function stageDatabase(
	agent: Agent,
	id: string,
	entry: DatabaseEntry,
	how: Arrival["how"],
	staged: string,
): Promise<void> {
	const { disk } = agent.system;
	if (!mayReadThere(agent, entry, how))
		return stageFile(agent, id, entry, staged);
	disk.close(disk.open(staged, "create", 0o600));
}

/** Of what is not put together, parts that the present has are not read: see `ReadThere`. */
export function mayReadThere(
	agent: Agent,
	entry: DatabaseEntry,
	how: Arrival["how"],
): boolean {
	return (
		how === "through" &&
		entry.parts !== undefined &&
		entry.checked &&
		!isPutTogether(agent, entry)
	);
}

/** What is read of a database where it lies in the snapshot, and what is not: the present has that already. */
export class ReadThere {
	readonly #agent: Agent;
	readonly #id: string;
	/** By path: parts that were found sound. */
	readonly #sound = new Map<string, Set<number>>();
	/** By path: what need not be looked at, as the present was when it was last captured. */
	readonly #known = new Map<string, IsKnown>();

	/** @param id of the snapshot */
	constructor(agent: Agent, id: string) {
		this.#agent = agent;
		this.#id = id;
	}

	/** Nothing is known of what may have moved since. */
	forget(): void {
		this.#known.clear();
	}

	/** Once more whenever the present has been captured anew. @throws as `copyStored` */
	async prove(entry: DatabaseEntry, present: Captured): Promise<void> {
		const { path } = entry;
		const now = present.entries.find((one) => one.path === path);
		const same = sameParts(now, entry);
		const sound = this.#sound.get(path) ?? new Set();
		this.#sound.set(path, sound);
		await readOthers(this.#agent, this.#id, entry, same, sound);
		const each = entry.parts?.size ?? entry.size;
		this.#known.set(path, (offset) => same.has(Math.floor(offset / each)));
	}

	/** Of what the write lock has kept as it was captured. */
	isKnown(path: string): IsKnown | undefined {
		return this.#known.get(path);
	}
}

export function isStandIn(
	disk: Disk,
	staged: string,
	entry: FileEntry,
): boolean {
	return entry.size > 0 && disk.stat(staged)?.size === 0;
}

/** What goes in through SQLite. @param id of the snapshot */
export function newContent(
	agent: Agent,
	id: string,
	{ entry, staged }: Arrival,
): NewContent {
	const { system, store } = agent;
	const path = stagedPath(store, staged);
	if (!isStandIn(system.disk, path, entry))
		return { files: [path], whole: async () => path };
	const files = [...filesOf(`${store.directory}/${id}`, entry)];
	return {
		files: files.map((file) => file.path),
		async whole() {
			await stageAnew(agent, id, entry, path);
			return path;
		},
	};
}

/** In one piece. It takes the place of what is staged in one step: whoever dies here begins again. */
export async function stageAnew(
	agent: Agent,
	id: string,
	entry: FileEntry,
	staged: string,
): Promise<void> {
	const { disk } = agent.system;
	const fresh = `${staged}.anew`;
	disk.removeTree(fresh);
	await copyStored(agent, id, entry, fresh);
	if (entry.kind === "database") {
		await refuseDamagedDatabase(agent, entry, fresh);
		asOwnerLeftIt(agent, entry, fresh);
	}
	finishFile(agent, entry, fresh);
	disk.rename(fresh, staged);
	syncDirectory(disk, `${agent.store.restoring}/new`);
}
