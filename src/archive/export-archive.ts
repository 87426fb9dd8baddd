import { removeDeadScratch } from "../core/files/scratch.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import type { Finished } from "../core/recover/recover.ts";
import { someOf } from "../core/words.ts";
import { SnapshotError } from "../errors.ts";
import { destination, rotate } from "./destination.ts";
import { refuseBadRecipients, type Seal } from "./encryption.ts";
import { MOST } from "./member-names.ts";
import { packed, refuseTooMany, without } from "./pack.ts";
import {
	secretFiles,
	secretPatterns,
	secretsNow,
	textsWithSecrets,
} from "./secrets-left.ts";
import { type Wanted, withSource } from "./source.ts";
import { pourArchive, writeArchive } from "./write-archive.ts";

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
	// What a dead one has left may lie where this one goes.
	removeDeadScratch(agent);
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
		const never = request.noSecrets ? secretPatterns(agent) : [];
		const source = without(found, new Set(left), never);
		refuseTooMany(source, MOST);
		const made = packed(agent, source);
		const bytes =
			place === undefined
				? await pourArchive(agent, source, made, seal, request.output)
				: await writeArchive(agent, source, made, seal, place);
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
