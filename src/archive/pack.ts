import { createHash } from "node:crypto";
import { ContentHash } from "../core/capture/content-hash.ts";
import {
	type Entry,
	type FileEntry,
	isFile,
	totalOf,
} from "../core/capture/entry.ts";
import type { Agent } from "../core/home/agent.ts";
import { isWithin } from "../core/home/paths.ts";
import { storedChunks } from "../core/inside/read-stored.ts";
import { formatManifest } from "../core/manifest/format-manifest.ts";
import { MANIFEST_LIMIT, type Manifest } from "../core/manifest/manifest.ts";
import { asDamage } from "../core/parts/stored-file.ts";
import { MASK } from "../core/secrets/secret-mask.ts";
import { maskServiceKeys } from "../core/secrets/service-keys.ts";
import { SnapshotError } from "../errors.ts";
import { EXTERNAL, MANIFEST_NAME, UNNAMED } from "./archive.ts";
import type { Source } from "./source.ts";
import { fitsZip, type ZipMember } from "./zip-writer.ts";

/** What becomes of a source in an archive. */
export interface Packed {
	readonly members: readonly ZipMember[];
	/** As it is in the archive; to be asked when all has been read. */
	readonly manifest: () => Manifest;
}

/**
 * Files that no zip can name stand under a number: by their place in the list, which is the manifest's. So do those of a
 * directory of the home that is called as what lies outside of it: other imports would put them there.
 */
export function nameInZip(path: string, index: number): string {
	const isHomes = isWithin(path, `${EXTERNAL}/${EXTERNAL}`);
	return fitsZip(path) && !isHomes ? path : `${UNNAMED}/${index}`;
}

/**
 * Every file whole, compared with its hashes while it is read, and behind them the manifest, which says the hash of each
 * as it stands there.
 */
export function packed(agent: Agent, source: Source): Packed {
	const { manifest } = source;
	const done = new Map<string, FileEntry>();
	const files = manifest.entries.filter(isFile);
	const members = files.map(
		(entry, index): ZipMember => ({
			name: nameInZip(entry.path, index),
			mode: entry.mode ?? 0o600,
			mtime: entry.mtime ?? 0,
			read: () =>
				contentOf(agent, source, entry, (whole) => done.set(entry.path, whole)),
		}),
	);
	const whole = () => wholeManifest(manifest, done);
	return {
		members: [
			...members,
			{
				name: MANIFEST_NAME,
				mode: 0o600,
				mtime: agent.system.clock.now().getTime(),
				async *read() {
					const bytes = Buffer.from(formatManifest(whole()));
					if (bytes.length > MANIFEST_LIMIT) throw tooMany(files.length);
					yield bytes;
				},
			},
		],
		manifest: whole,
	};
}

/** @throws SnapshotError `damaged` */
async function* contentOf(
	agent: Agent,
	source: Source,
	entry: FileEntry,
	tell: (whole: FileEntry) => void,
): AsyncGenerator<Uint8Array> {
	const { folder, path } = source.placeOf(entry);
	const sha256 = createHash("sha256");
	const content = new ContentHash();
	agent.patience.progress?.at(entry.path);
	try {
		for await (const chunk of storedChunks(agent, folder, { ...entry, path })) {
			sha256.update(chunk);
			if (entry.kind === "database") content.update(chunk);
			yield chunk;
		}
	} catch (error) {
		throw asDamage(error, source.manifest.id, entry.path);
	}
	const { parts, look, ...rest } = entry;
	const digest = sha256.digest("hex");
	tell(
		rest.kind === "database"
			? { ...rest, sha256: digest, content: content.digest() }
			: { ...rest, sha256: digest },
	);
}

function wholeManifest(
	manifest: Manifest,
	done: ReadonlyMap<string, FileEntry>,
): Manifest {
	const { undoes, sequence, boot, outside, ...said } = manifest;
	const entries = manifest.entries.map(
		(entry): Entry => done.get(entry.path) ?? entry,
	);
	const files = entries.filter(isFile);
	return {
		...said,
		formatVersion: 1,
		pinned: false,
		file_count: files.length,
		total_size: totalOf(files),
		files: Object.fromEntries(files.map(({ path, size }) => [path, size])),
		store: "state-snapshots",
		entries,
	};
}

/**
 * Without some of its entries, which were not looked for then.
 * @param never patterns of what else was not, there or not
 */
export function without(
	source: Source,
	left: ReadonlySet<string>,
	never: readonly string[],
): Source {
	if (left.size === 0 && never.length === 0) return source;
	const { manifest } = source;
	const { captured } = manifest;
	return {
		...source,
		manifest: {
			...manifest,
			entries: manifest.entries.filter(({ path }) => !left.has(path)),
			...(captured && {
				captured: {
					...captured,
					except: [...captured.except, ...never, ...[...left].map(withoutKey)],
					paths: captured.paths.filter((path) => !left.has(path)),
				},
			}),
		},
	};
}

/** A pattern for it, of which nobody learns the key that it is called by. */
function withoutKey(path: string): string {
	return maskServiceKeys(path).replaceAll(MASK, "*");
}

/** An import would refuse it. @throws SnapshotError `failed` */
export function refuseTooMany(source: Source, most: number): void {
	const count = source.manifest.entries.filter(isFile).length;
	if (count < most) return;
	throw tooMany(count);
}

function tooMany(count: number): SnapshotError {
	return new SnapshotError(
		"failed",
		`The archive would hold ${count} files, which is more than can be brought back. Nothing was changed.`,
		{
			hint: "`exclude` in state-snapshots/config.json leaves directories out.",
		},
	);
}
