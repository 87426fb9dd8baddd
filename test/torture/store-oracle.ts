import fs from "node:fs";
import path from "node:path";
import { sha256Of } from "../support/oracle.ts";

/** What the manifests of ours and of the original have in common, and what only ours have. */
interface ManifestOnDisk {
	files: Record<string, number>;
	entries?: { path: string; kind: string; size?: number; sha256?: string }[];
}

export function storeOf(home: string): string {
	return path.join(home, "state-snapshots");
}

/** The folders of the store that pass for snapshots. */
export function snapshotFolders(home: string): string[] {
	return namesIn(storeOf(home)).filter(
		(name) =>
			!name.startsWith(".") &&
			fs.existsSync(path.join(storeOf(home), name, "manifest.json")),
	);
}

/** Every snapshot there is, file by file against its manifest, and nothing besides. */
export function brokenSnapshots(home: string): string[] {
	return snapshotFolders(home).flatMap((id) =>
		broken(path.join(storeOf(home), id)).map(
			(what) => `snapshot ${id}: ${what}`,
		),
	);
}

function broken(folder: string): string[] {
	let manifest: ManifestOnDisk;
	try {
		manifest = JSON.parse(
			fs.readFileSync(path.join(folder, "manifest.json"), "utf8"),
		);
	} catch (error) {
		return [`its manifest cannot be read: ${error}`];
	}
	const files = filesBelow(folder).filter((file) => file !== "manifest.json");
	const named = Object.keys(manifest.files);
	return [
		...named.filter((file) => !files.includes(file)).map((f) => `lacks ${f}`),
		...files
			.filter((file) => !named.includes(file))
			.map((f) => `${f} is extra`),
		...named
			.filter((file) => files.includes(file))
			.flatMap((file) => {
				const at = path.join(folder, file);
				const entry = manifest.entries?.find((one) => one.path === file);
				const isWhole =
					fs.statSync(at).size === manifest.files[file] &&
					(entry === undefined || sha256Of(at) === entry.sha256);
				return isWhole ? [] : [`${file} is not what the manifest says`];
			}),
	];
}

/** What the store holds besides snapshots, settings, quarantine and the lock: litter, after a command that went well. */
export function litter(home: string): string[] {
	const known = [
		".lock.db",
		"config.json",
		"quarantine",
		...snapshotFolders(home),
	];
	const left = namesIn(storeOf(home)).filter((name) => !known.includes(name));
	return left.map((name) => `left in the store: ${name}`);
}

/** The files of that name that live in the home, in a snapshot or in the quarantine. */
export function everyCopyOf(home: string, file: string): string[] {
	const stored = filesBelow(storeOf(home))
		.filter((one) => one === file || one.endsWith(`/${file}`))
		.map((one) => path.join(storeOf(home), one));
	return [path.join(home, file), ...stored].filter((one) => fs.existsSync(one));
}

export function filesBelow(folder: string): string[] {
	return namesIn(folder).flatMap((name) => {
		const stat = fs.lstatSync(path.join(folder, name));
		if (!stat.isDirectory()) return [name];
		return filesBelow(path.join(folder, name)).map((one) => `${name}/${one}`);
	});
}

function namesIn(folder: string): string[] {
	return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}
