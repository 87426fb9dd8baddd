import { refuseFullDisk } from "../core/create/room.ts";
import type { Place } from "../core/export/export.ts";
import { writeFully } from "../core/files/durable.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import type { Finished } from "../core/recover/recover.ts";
import { someOf } from "../core/words.ts";
import { SnapshotError } from "../errors.ts";
import { destination, publish, rotate } from "./destination.ts";
import {
	type Keys,
	NO_KEYS,
	refuseBadRecipients,
	type Seal,
	sealed,
} from "./encryption.ts";
import { MOST } from "./member-names.ts";
import { type Packed, packed, refuseTooMany, without } from "./pack.ts";
import { readBack } from "./read-back.ts";
import { secretFiles, secretsNow, textsWithSecrets } from "./secrets-left.ts";
import { type Source, type Wanted, withSource } from "./source.ts";
import { zipped } from "./zip-writer.ts";

export interface ArchiveRequest extends Wanted {
	/** A file to be made, or a directory for it; undefined: the user's own home. */
	readonly to: string | undefined;
	/** In place of a file: standard output. */
	readonly output: ((bytes: Uint8Array) => Promise<void>) | undefined;
	/** Undefined: as the settings say. */
	readonly seal: Seal | undefined;
	/** Leaves out what is there for secrets, and texts that hold some. */
	readonly noSecrets: boolean;
}

export interface Archived {
	/** Undefined: it went to standard output, and was not read back. */
	readonly path: string | undefined;
	/** Of the archive. */
	readonly bytes: number;
	readonly manifest: Manifest;
	readonly seal: Seal["kind"];
	/** Left out for their secrets. */
	readonly withoutSecrets: readonly string[];
	/** Older ones of the same reason that have gone. */
	readonly rotated: readonly string[];
	readonly recovered: Finished | undefined;
}

/**
 * Makes one file of a snapshot, or of the present, that any unzip opens, or `age -d` before it; written under another name,
 * read back and compared, and only then called what it is.
 * @throws SnapshotError `not-found`, `damaged`, `no-space`, `usage`, `failed`
 */
export async function exportArchive(
	agent: Agent,
	known: KnownAgent,
	request: ArchiveRequest,
): Promise<Archived> {
	const settings = loadSettings(agent);
	const { recipients } = settings.archives;
	const seal = request.seal ?? sealOf(recipients);
	if (seal.kind === "recipients") await refuseBadRecipients(seal.recipients);
	const place =
		request.output === undefined
			? destination(agent, request.to, {
					reason: request.reason,
					isSealed: seal.kind !== "none",
				})
			: undefined;
	const isOpen =
		seal.kind === "none" && request.seal === undefined && !request.noSecrets;
	// Before all of it is captured for nothing.
	if (isOpen && request.ref === "now") refuseOpenSecrets(secretsNow(agent));
	return withSource(agent, known, request, async (found) => {
		const secrets = secretFiles(agent, found);
		if (isOpen) refuseOpenSecrets(secrets);
		const left = request.noSecrets
			? [...new Set([...secrets, ...(await textsWithSecrets(agent, found))])]
			: [];
		const source = without(found, new Set(left));
		refuseTooMany(source, MOST);
		const made = packed(agent, source);
		const bytes =
			place === undefined
				? await pour(agent, source, made, seal, request.output)
				: await writeFile(agent, source, made, seal, place);
		const rotated =
			place === undefined || request.reason === "manual"
				? []
				: rotate(agent, place, request.reason, settings.archives.keep);
		return {
			path: place?.folder,
			bytes,
			manifest: made.manifest(),
			seal: seal.kind,
			withoutSecrets: left,
			rotated,
			recovered: source.recovered,
		};
	});
}

function sealOf(recipients: readonly string[]): Seal {
	return recipients.length === 0
		? { kind: "none" }
		: { kind: "recipients", recipients };
}

function refuseOpenSecrets(secrets: readonly string[]): void {
	if (secrets.length === 0) return;
	throw new SnapshotError(
		"usage",
		`The archive would hold secrets that anybody can read: ${someOf(secrets)}. Nothing was written.`,
		{
			hint: "Encrypt it: --encrypt-to age1… or --passphrase-file FILE. Or leave them out: --no-secrets. Or have it so: --no-encrypt.",
		},
	);
}

/** Returns how many bytes it has come to. */
async function pour(
	agent: Agent,
	source: Source,
	made: Packed,
	seal: Seal,
	write: (bytes: Uint8Array) => Promise<void> = async () => {},
): Promise<number> {
	let bytes = 0;
	const { content } = await begun(agent, source, made, seal);
	for await (const chunk of content) {
		await write(chunk);
		bytes += chunk.length;
	}
	return bytes;
}

interface Begun {
	readonly content: AsyncIterable<Uint8Array>;
	readonly keys: Keys;
}

async function begun(
	agent: Agent,
	{ manifest }: Source,
	{ members }: Packed,
	seal: Seal,
): Promise<Begun> {
	agent.patience.progress?.begin("copying", manifest.total_size);
	const zip = zipped(members, commentOf(agent, manifest));
	if (seal.kind === "none") return { content: zip, keys: NO_KEYS };
	const { bytes, keys } = await sealed(zip, seal);
	return { content: bytes, keys };
}

/** What `unzip -z` shows. */
function commentOf(
	{ host, system }: Agent,
	{ id, createdAt }: Manifest,
): string {
	const { machineName, toolVersion } = system.processes;
	return `${host.title} on ${machineName}, ${createdAt ?? id}, by agent-snapshot ${toolVersion}: agent-snapshot import FILE brings it back.`;
}

async function writeFile(
	agent: Agent,
	source: Source,
	made: Packed,
	seal: Seal,
	place: Place,
): Promise<number> {
	const { disk } = agent.system;
	const { partial } = place;
	const { reserveBytes } = loadSettings(agent);
	refuseFullDisk(
		agent,
		source.manifest.total_size,
		reserveBytes,
		undefined,
		place.above,
	);
	const file = disk.open(partial, "create", 0o600);
	try {
		let bytes = 0;
		let keys = NO_KEYS;
		try {
			const { content, ...others } = await begun(agent, source, made, seal);
			keys = others.keys;
			for await (const chunk of content) {
				writeFully(disk, file, chunk);
				bytes += chunk.length;
			}
			disk.sync(file);
		} finally {
			disk.close(file);
		}
		await readBack(agent, partial, made.manifest(), keys);
		publish(agent, place);
		return bytes;
	} catch (error) {
		disk.removeTree(partial);
		throw error;
	}
}
