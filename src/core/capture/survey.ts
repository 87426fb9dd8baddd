import type { Disk, Glimpse } from "../../system/system.ts";

/**
 * Files of a snapshot that is being made that are those of an older one as well, by their paths below its folder: what each
 * was before it got this name. They are durable, and have been seen: of thousands nothing is looked at again.
 */
export type Shared = ReadonlyMap<string, Glimpse>;

export interface Surveyed {
	/** Absolute. */
	readonly path: string;
	readonly stat: Glimpse;
}

/** All that lies in a folder of ours, whoever put it there, but for links. */
export interface Survey {
	/** Itself last, and what is in another before that one. */
	readonly directories: readonly Surveyed[];
	/** Those that are in no other snapshot, as far as was known before they were looked at. */
	readonly files: readonly Surveyed[];
	/** The others, as they were with one name less. */
	readonly shared: readonly Surveyed[];
}

export function surveyOf(
	disk: Disk,
	folder: string,
	known: Shared = new Map(),
): Survey {
	const directories: Surveyed[] = [];
	const files: Surveyed[] = [];
	const shared: Surveyed[] = [];
	const lookIn = (below: string, stat: Glimpse | undefined) => {
		for (const name of disk.names(`${folder}${below}`)) {
			const path = `${folder}${below}/${name}`;
			const was = known.get(path.slice(folder.length + 1));
			const found = was ?? disk.glance(path);
			if (was !== undefined) shared.push({ path, stat: was });
			else if (found?.kind === "directory") lookIn(`${below}/${name}`, found);
			else if (found?.kind === "file") files.push({ path, stat: found });
		}
		if (stat !== undefined)
			directories.push({ path: `${folder}${below}`, stat });
	};
	lookIn("", disk.glance(folder));
	return { directories, files, shared };
}
