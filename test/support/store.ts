import fs from "node:fs";
import path from "node:path";

/** The parts of manifest.json these tests read; the rest is the product's own business. */
export interface ManifestFile {
	id: string;
	timestamp: string;
	label: string | null;
	file_count: number;
	total_size: number;
	files: Record<string, number>;
	entries: ManifestEntry[];
	missed: { path: string; why: string }[];
}

export interface ManifestEntry {
	path: string;
	kind: string;
	size?: number;
	sha256?: string;
	parts?: { size: number; sha256: string[] };
}

export function storeOf(home: string): string {
	return path.join(home, "state-snapshots");
}

/** The folders in the store that do not start with a dot. */
export function snapshotFolders(home: string): string[] {
	return fs.readdirSync(storeOf(home)).filter((name) => !name.startsWith("."));
}

export function manifestPath(home: string, id: string): string {
	return path.join(storeOf(home), id, "manifest.json");
}

/** Without its checksum, which whoever edits a manifest has to remove. */
export function readManifest(home: string, id: string): ManifestFile {
	const { checksum: _, ...manifest } = JSON.parse(
		fs.readFileSync(manifestPath(home, id), "utf8"),
	) as ManifestFile & { checksum?: string };
	return manifest;
}

/** A file of a snapshot as one buffer; large databases are a folder of parts, `cat state.db/* > state.db`. */
export function snapshotBytes(home: string, id: string, file: string): Buffer {
	const kept = path.join(storeOf(home), id, file);
	if (!fs.statSync(kept).isDirectory()) return fs.readFileSync(kept);
	const parts = fs.readdirSync(kept).sort();
	return Buffer.concat(
		parts.map((part) => fs.readFileSync(path.join(kept, part))),
	);
}

/**
 * A manifest's path as the disk knows it: a byte that is not UTF-8 stands as a lone surrogate U+DC80-U+DCFF, which
 * is what Python (and so Hermes) makes of it and turns back.
 */
export function diskName(file: string): Buffer {
	const parts = file.split(/([\udc80-\udcff])/u);
	return Buffer.concat(
		parts.map((part) => {
			const code = part.length === 1 ? part.charCodeAt(0) : 0;
			return code >= 0xdc80 && code <= 0xdcff
				? Buffer.from([code - 0xdc00])
				: Buffer.from(part);
		}),
	);
}
