import type { Place } from "../core/export/export.ts";
import { removeDeadScratch } from "../core/files/scratch.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import type { Finished } from "../core/recover/recover.ts";
import { maskServiceKeys } from "../core/secrets/service-keys.ts";
import { printable, someOf } from "../core/words.ts";
import { afterDoing, SnapshotError } from "../errors.ts";
import type { Naming } from "./archive-name.ts";
import { destination } from "./destination.ts";
import { refuseBadRecipients, type Seal } from "./encryption.ts";
import { MOST_OF_OURS } from "./member-names.ts";
import { packed, refuseTooMany, without } from "./pack.ts";
import { type Rotation, rotate } from "./rotation.ts";
import { secretPatterns, secretsIn, secretsNow } from "./secrets-left.ts";
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
	const naming = {
		reason: request.reason,
		isSealed: seal.kind !== "none",
		isWhole: true,
		now: agent.system.clock.now(),
	};
	const place = placeFor(agent, request, naming);
	const isOpen =
		seal.kind === "none" && request.seal === undefined && !request.noSecrets;
	// Before all of it is captured for nothing.
	if (isOpen && request.ref === "now") refuseOpenSecrets(secretsNow(agent));
	return withSource(agent, known, request, async (found) => {
		const isSearched = isOpen || request.noSecrets;
		const secrets = isSearched ? await secretsIn(agent, found) : NONE;
		if (isOpen) refuseOpenSecrets([...secrets.values()]);
		const never = request.noSecrets ? secretPatterns(agent) : [];
		const source = without(found, new Set(secrets.keys()), never);
		refuseTooMany(source, MOST_OF_OURS);
		const made = packed(agent, source);
		const isWhole = source.manifest.missed.every(({ lost }) => !lost);
		const named = isWhole
			? place
			: placeFor(agent, request, { ...naming, isWhole });
		const bytes =
			named === undefined
				? await pourArchive(agent, source, made, seal, request.output)
				: await writeArchive(agent, source, made, seal, named);
		return {
			path: named?.folder,
			bytes,
			manifest: made.manifest(),
			seal: seal.kind,
			withoutSecrets: [...secrets.keys()].map(maskServiceKeys),
			rotated: await rotated(agent, named, {
				...naming,
				keep: settings.archives.keep,
			}),
			recovered: source.recovered,
		};
	});
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Undefined: it goes to standard output. */
function placeFor(
	agent: Agent,
	{ output, to }: ArchiveRequest,
	naming: Naming,
): Place | undefined {
	return output === undefined ? destination(agent, to, naming) : undefined;
}

async function rotated(
	agent: Agent,
	place: Place | undefined,
	rotation: Rotation,
): Promise<string[]> {
	if (place === undefined || rotation.reason === "manual") return [];
	return afterDoing(`Exported to ${printable(place.folder)}.`, async () =>
		rotate(agent, place, rotation),
	);
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
