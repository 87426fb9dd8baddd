import { formatManifest } from "../../src/core/manifest/format-manifest.ts";
import type { Manifest } from "../../src/core/manifest/manifest.ts";
import { storePaths } from "../../src/core/store/store.ts";
import { type Machine, machine } from "./memory-system.ts";
import { HOME, STORE } from "./plain-agent.ts";

export const storeAt = storePaths(HOME);

/** A folder of the store and what its manifest.json holds. */
export type Folder = readonly [name: string, manifest: string];

/** A machine with a store of these folders. */
export function storeOf(...folders: Folder[]): Machine {
	const on = machine();
	on.volume.mkdirSync(STORE, { recursive: true });
	for (const [name, manifest] of folders) {
		on.volume.mkdirSync(`${STORE}/${name}`);
		on.volume.writeFileSync(`${STORE}/${name}/manifest.json`, manifest);
	}
	return on;
}

/** A snapshot of ours, by its id and what is special about it. */
export function ours(id: string, changes: Partial<Manifest> = {}): Folder {
	const manifest: Manifest = {
		id,
		timestamp: id.slice(0, 15),
		label: null,
		file_count: 1,
		total_size: 9,
		formatVersion: 1,
		reason: "manual",
		complete: true,
		pinned: false,
		files: {},
		captured: { paths: [], except: [] },
		missed: [],
		entries: [],
		...changes,
	};
	return [id, formatManifest(manifest)];
}

/** One that Hermes itself made. */
export function theirs(id: string): Folder {
	const timestamp = id.slice(0, 15);
	const summary = { id, timestamp, label: null, file_count: 1, total_size: 9 };
	return [id, JSON.stringify({ ...summary, files: {} })];
}
