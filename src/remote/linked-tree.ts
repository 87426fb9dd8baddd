import { isFile } from "../core/capture/entry.ts";
import { makeDirectories } from "../core/files/durable.ts";
import { nameOrCopy } from "../core/files/second-name.ts";
import { parentOf } from "../core/home/paths.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { asDamage, filesOf } from "../core/parts/stored-file.ts";
import type { Work } from "../core/work.ts";
import type { Disk } from "../system/system.ts";

/**
 * Gives all that a snapshot holds a second name in an empty folder, so that whatever becomes of the snapshot meanwhile,
 * what is read there stays. On a disk without hard links these are copies.
 * @throws SnapshotError `damaged`: something is missing
 */
export function* linkingTree(
	disk: Disk,
	from: string,
	{ id, entries }: Manifest,
	to: string,
): Work<void> {
	const link = (path: string) => {
		makeDirectories(
			disk,
			to,
			`${to}/${parentOf(path) ?? ""}`.replace(/\/$/, ""),
		);
		nameOrCopy(disk, `${from}/${path}`, `${to}/${path}`, () => {});
	};
	for (const entry of entries) {
		if (entry.kind === "directory")
			makeDirectories(disk, to, `${to}/${entry.path}`);
		if (!isFile(entry)) continue;
		try {
			for (const { path } of filesOf(from, entry)) {
				link(path.slice(from.length + 1));
				yield 0;
			}
		} catch (error) {
			throw asDamage(error, id, entry.path);
		}
	}
	link("manifest.json");
}
