import { createHash } from "node:crypto";
import { errorCode } from "../../errors.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import { Unreadable } from "../files/copy.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { partName } from "../parts/parts.ts";
import {
	filesOf,
	isUntouched,
	Ruined,
	readingPart,
	readingStored,
	refuseMissing,
	whyDamaged,
} from "../parts/stored-file.ts";
import { whyUnreadable } from "../reasons.ts";
import { wasAbsent } from "../restore/left-alone.ts";
import { inTurns, type Work } from "../work.ts";
import { FilePages } from "./file-pages.ts";
import { type Item, type OpenDatabase, type Side, Unseen } from "./side.ts";

/** A snapshot, as one of two states. What is read of it is compared with its hashes. */
export function storedSide(agent: Agent, manifest: Manifest): Side {
	const { system, store, patience } = agent;
	const { disk } = system;
	const folder = `${store.directory}/${manifest.id}`;
	const entries = new Map(manifest.entries.map((entry) => [entry.path, entry]));
	const items = manifest.entries.map((entry) => itemOf(agent, folder, entry));
	const read = (item: Item, use: (chunk: Uint8Array) => void) =>
		seen(
			() =>
				inTurns(
					system,
					patience,
					readingStored(disk, folder, fileAt(entries, item), use),
				),
			manifest.id,
		);
	return {
		items: new Map(items.map((item) => [item.path, item])),
		missed: manifest.missed,
		wasAbsent: (path) => wasAbsent(manifest, path),
		whyDamaged: (item) => whyDamagedHere(agent, manifest.id, entries, item),
		async hashOf(item) {
			const hash = createHash("sha256");
			await read(item, (chunk) => hash.update(chunk));
			return hash.digest("hex");
		},
		async contentOf(item, limit) {
			if (item.size > limit) return undefined;
			const chunks: Uint8Array[] = [];
			await read(item, (chunk) => chunks.push(Buffer.from(chunk)));
			return Buffer.concat(chunks);
		},
		openDatabase: async (item) =>
			openStored(agent, manifest.id, fileAt(entries, item)),
	};
}

function fileAt(
	entries: ReadonlyMap<string, Entry>,
	{ path }: Item,
): FileEntry {
	const entry = entries.get(path);
	if (entry && isFile(entry)) return entry;
	throw new Unseen("is no file");
}

function itemOf({ system }: Agent, folder: string, entry: Entry): Item {
	const { path, mode } = entry;
	const nothing = { target: undefined, known: undefined, parts: undefined };
	const common = { path, mode, size: 0, ...nothing };
	if (entry.kind === "link")
		return { ...common, kind: "link", target: entry.target };
	if (entry.kind === "directory") return { ...common, kind: "directory" };
	const { size, parts, sha256 } = entry;
	if (entry.kind === "database") {
		const form = parts === undefined ? "" : ` in parts of ${parts.size}`;
		const known = `${entry.content}${form}`;
		return { ...common, kind: "database", size, parts, known };
	}
	const known = sha256 ?? parts?.sha256.join(" ");
	// The agent's own snapshots do not say which of their files are databases.
	const isDatabase =
		known === undefined &&
		size > 0 &&
		isSqlite(system.disk, `${folder}/${path}`);
	return { ...common, kind: isDatabase ? "database" : "file", size, known };
}

function isSqlite(disk: Agent["system"]["disk"], path: string): boolean {
	try {
		return new DatabaseHeader(readBeginning(disk, path, 100)).isSqlite;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return false; // it is said to be missing when it is read
	}
}

/** Of what is in both, nothing else would be read: neither where it was written to, nor what took its place. */
async function whyDamagedHere(
	{ system, store, patience }: Agent,
	id: string,
	entries: ReadonlyMap<string, Entry>,
	item: Item,
): Promise<Unseen | undefined> {
	const { disk } = system;
	const folder = `${store.directory}/${id}`;
	const entry = fileAt(entries, item);
	const sealed = disk.glance(`${folder}/manifest.json`)?.mtime ?? 0;
	const isLeft = [...filesOf(folder, entry)].every(({ path, size }) =>
		isUntouched(disk.glance(path), size, sealed),
	);
	if (isLeft) return undefined;
	try {
		const work = readingStored(disk, folder, entry);
		await seen(() => inTurns(system, patience, work), id);
		return undefined;
	} catch (error) {
		if (error instanceof Unseen) return error;
		throw error;
	}
}

function openStored(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
): OpenDatabase {
	const { disk } = system;
	const folder = `${store.directory}/${id}`;
	const files = [...filesOf(folder, entry)].map(({ path }) => path);
	refuseRuined(disk, folder, entry, id);
	const pages = FilePages.open(disk, files, {
		each: entry.parts?.size ?? entry.size,
		where: `in ${id}`,
	});
	const check = (work: Work<unknown>) =>
		seen(() => inTurns(system, patience, work), id);
	return {
		source: pages,
		async confirm(differing) {
			if (entry.parts === undefined) {
				if (entry.sha256 !== undefined)
					await check(readingStored(disk, folder, entry));
				return;
			}
			const { size, sha256 } = entry.parts;
			const indexes = differing?.map((offset) => Math.floor(offset / size));
			for (const index of new Set(indexes ?? sha256.keys())) {
				if (index >= sha256.length) continue;
				const path = `${folder}/${entry.path}/${partName(index)}`;
				await check(readingPart(disk, path, entry, index));
			}
		},
		close: () => pages.close(),
	};
}

/** What took the place of its files is named as it is everywhere. @throws Unseen */
function refuseRuined(
	disk: Agent["system"]["disk"],
	folder: string,
	entry: FileEntry,
	id: string,
): void {
	try {
		refuseMissing(disk, folder, entry);
	} catch (error) {
		throw asUnseen(error, id);
	}
}

/** @throws Unseen in place of what says that it cannot be read @param id of the snapshot that it is of */
export async function seen<T>(read: () => Promise<T>, id?: string): Promise<T> {
	try {
		return await read();
	} catch (error) {
		throw asUnseen(error, id);
	}
}

function asUnseen(error: unknown, id: string | undefined): unknown {
	const it = id === undefined ? "it" : `in ${id} it`;
	if (error instanceof Ruined) return new Unseen(`${it} ${error.why}`, error);
	if (!(error instanceof Unreadable)) return error;
	const damage = id === undefined ? undefined : whyDamaged(error);
	if (damage !== undefined) return new Unseen(`${it} ${damage}`, error);
	const why =
		error.cause === undefined ? error.message : whyUnreadable(error.cause);
	return new Unseen(`${it} cannot be read: ${why}`, error);
}
