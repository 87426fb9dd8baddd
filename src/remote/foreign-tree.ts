import { isFile } from "../core/capture/entry.ts";
import { ancestorsOf } from "../core/home/paths.ts";
import { damaged, type Manifest } from "../core/manifest/manifest.ts";
import { filesOf } from "../core/parts/stored-file.ts";
import { fieldsOf } from "./restic.ts";

/**
 * Refuses what a repository would put down beside what the manifest names, before any of it is: links, devices, files in
 * another size, names that lead out. Whoever has the password may have written it.
 * @param lines of `restic ls --json`
 * @throws SnapshotError `damaged`
 */
export function refuseStrangeTree(
	manifest: Manifest,
	lines: readonly string[],
): void {
	const what = `Snapshot ${manifest.id} in the repository`;
	const files = filesNamedBy(manifest);
	const directories = directoriesOf(manifest);
	for (const line of lines) {
		const { type, path, size = 0 } = fieldsOf(line);
		if (typeof path !== "string") continue; // what it says of itself
		const name = JSON.stringify(path);
		const below = path.slice(1);
		const sizes = type === "file" ? files.get(below) : undefined;
		if (type === "dir" && takeOne(directories.get(below))) continue;
		if (sizes === undefined)
			throw damaged(what, `holds ${name}, which its manifest does not name`);
		if (!takeOne(sizes, Number(size)))
			throw damaged(what, `holds ${name} in another size than was captured`);
	}
	for (const [path, { length }] of files)
		if (length > 0) throw damaged(what, `lacks ${JSON.stringify(path)}`);
}

/** With the bytes that each must have; undefined: any. Each is there once. */
type Wanted = (number | undefined)[];

function takeOne(wanted: Wanted | undefined, size?: number): boolean {
	const at =
		wanted?.findIndex((one) => one === undefined || one === size) ?? -1;
	if (at >= 0) wanted?.splice(at, 1);
	return at >= 0;
}

/**
 * By their names as restic lists them: in the place of a byte that is no UTF-8 stands U+FFFD, so that two files may have
 * one name there.
 */
function filesNamedBy({ entries }: Manifest): Map<string, Wanted> {
	const files = new Map<string, Wanted>([["manifest.json", [undefined]]]);
	for (const entry of entries.filter(isFile))
		for (const { path, size } of filesOf("", entry))
			put(files, path.slice(1), size);
	return files;
}

function put(into: Map<string, Wanted>, path: string, size?: number): void {
	const name = path.toWellFormed();
	into.set(name, [...(into.get(name) ?? []), size]);
}

/** Those named, and those above what is named. */
function directoriesOf({ entries }: Manifest): Map<string, Wanted> {
	const paths = entries.flatMap((entry) => [
		...ancestorsOf(entry.path),
		...(entry.kind === "directory" || (isFile(entry) && entry.parts)
			? [entry.path]
			: []),
	]);
	const directories = new Map<string, Wanted>();
	for (const path of new Set(paths)) put(directories, path);
	return directories;
}
