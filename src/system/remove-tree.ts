import type { FileSystem } from "./disk.ts";
import { toNative } from "./native-path.ts";
import type { Disk } from "./system.ts";

interface Listed {
	readonly name: string;
	readonly isDirectory: boolean;
}

/** What is in a directory, sorted by name, without a look at each. */
export function listed(
	fs: FileSystem,
	disk: Pick<Disk, "names" | "stat">,
	directory: string,
): Listed[] {
	const found = fs
		.readdirSync(toNative(directory), { withFileTypes: true })
		.map((one) => ({ name: one.name, isDirectory: one.isDirectory() }));
	// U+FFFD: Node replaced bytes that are not UTF-8, and what it says of their kind is of another name.
	if (!found.some(({ name }) => name.includes("\ufffd")))
		return found.sort((a, b) => (a.name < b.name ? -1 : 1));
	return disk.names(directory).map((name) => ({
		name,
		isDirectory: disk.stat(`${directory}/${name}`)?.kind === "directory",
	}));
}

/** Not fs-extra's `remove`: that cannot name files that are not UTF-8 and stops at read-only directories. */
export function removeTree(fs: FileSystem, disk: Disk, path: string): void {
	const found = disk.stat(path);
	if (found === undefined) return;
	if (found.kind !== "directory") {
		disk.unlink(path);
		return;
	}
	if ((found.mode & 0o700) !== 0o700) disk.setMode(path, 0o700);
	for (const { name, isDirectory } of listed(fs, disk, path)) {
		if (isDirectory) removeTree(fs, disk, `${path}/${name}`);
		else disk.unlink(`${path}/${name}`);
	}
	disk.removeDirectory(path);
}
