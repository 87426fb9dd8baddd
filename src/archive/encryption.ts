import type { Decrypter } from "age-encryption";
import { errorMessage, SnapshotError } from "../errors.ts";

/** How an archive is sealed: in the format of age-encryption.org/v1, which `age -d` opens. */
export type Seal =
	| { readonly kind: "none" }
	/** "age1…": who has one of their identities can open it, and this machine cannot. */
	| { readonly kind: "recipients"; readonly recipients: readonly string[] }
	| { readonly kind: "passphrase"; readonly passphrase: string };

/** What opens a sealed one. */
export interface Keys {
	/** "AGE-SECRET-KEY-1…" */
	readonly identities: readonly string[];
	readonly passphrases: readonly string[];
}

export const NO_KEYS: Keys = { identities: [], passphrases: [] };

const BEGINNING = "age-encryption.org/v1\n";
const ARMOUR = "-----BEGIN AGE ENCRYPTED FILE-----";

/** By its first bytes, of which the kinds of its keys are some. */
export function sealKind(beginning: Uint8Array): Seal["kind"] {
	if (!startsWith(beginning, BEGINNING)) return "none";
	return startsWith(beginning, `${BEGINNING}-> scrypt `)
		? "passphrase"
		: "recipients";
}

/** The same as text, to be pasted somewhere. */
export function isArmoured(beginning: Uint8Array): boolean {
	return startsWith(beginning, ARMOUR);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
	return Buffer.from(bytes).toString("latin1").startsWith(text);
}

export interface Sealed {
	readonly bytes: AsyncIterable<Uint8Array>;
	/** Opens it once more, to read it back; nobody else ever has them. */
	readonly keys: Keys;
}

/**
 * Encrypts what is read from it. To be able to read back what only others can open, a key of this moment is made and
 * forgotten behind it.
 * @throws SnapshotError `usage` for a recipient that is none
 */
export async function sealed(
	plain: AsyncIterable<Uint8Array>,
	seal: Exclude<Seal, { kind: "none" }>,
): Promise<Sealed> {
	const age = await import("age-encryption");
	const encrypter = new age.Encrypter();
	if (seal.kind === "passphrase") {
		encrypter.setPassphrase(seal.passphrase);
		const bytes = await encrypter.encrypt(ReadableStream.from(plain));
		const keys = { identities: [], passphrases: [seal.passphrase] };
		return { bytes, keys };
	}
	// Those that a quantum computer could not open may not stand beside others.
	const identity = seal.recipients.every((one) => /^age1(pq|tagpq)/.test(one))
		? await age.generateHybridIdentity()
		: await age.generateX25519Identity();
	addRecipients(encrypter, seal.recipients);
	encrypter.addRecipient(await age.identityToRecipient(identity));
	const bytes = await encrypter.encrypt(ReadableStream.from(plain));
	return { bytes, keys: { identities: [identity], passphrases: [] } };
}

function addRecipients(
	encrypter: { addRecipient(recipient: string): void },
	recipients: readonly string[],
): void {
	for (const recipient of recipients)
		try {
			encrypter.addRecipient(recipient);
		} catch (error) {
			throw new SnapshotError(
				"usage",
				`${JSON.stringify(recipient.slice(0, 80))} is no age recipient (${errorMessage(error)}). Nothing was changed.`,
				{ hint: "They begin with age1: `age-keygen -y key.txt` prints yours." },
			);
		}
}

/** @throws SnapshotError `usage` */
export async function refuseBadRecipients(
	recipients: readonly string[],
): Promise<void> {
	const { Encrypter } = await import("age-encryption");
	addRecipients(new Encrypter(), recipients);
}

/** Decrypts what is read from it. @param name of the file, for people. @throws SnapshotError `wrong-key`, `damaged` */
export async function* opened(
	cipher: AsyncIterable<Uint8Array>,
	keys: Keys,
	name: string,
): AsyncGenerator<Uint8Array> {
	const age = await import("age-encryption");
	const decrypter = new age.Decrypter();
	addKeys(decrypter, keys, name);
	const plain = await beginning(decrypter, cipher, name);
	try {
		yield* plain;
	} catch (error) {
		if (error instanceof SnapshotError) throw error;
		throw new SnapshotError(
			"damaged",
			`${name} is damaged, or not whole: it cannot be decrypted to its end. Nothing was changed.`,
			{ hint: "Take another copy of it.", cause: error },
		);
	}
}

async function beginning(
	decrypter: Decrypter,
	cipher: AsyncIterable<Uint8Array>,
	name: string,
): Promise<AsyncIterable<Uint8Array>> {
	try {
		return await decrypter.decrypt(ReadableStream.from(cipher));
	} catch (error) {
		const isNoKey = /no identity matched|passphrase/i.test(errorMessage(error));
		throw new SnapshotError(
			isNoKey ? "wrong-key" : "damaged",
			isNoKey
				? `${name} cannot be opened with the key that was given. Nothing was changed.`
				: `${name} is damaged: what it begins with is no header of age (${errorMessage(error)}). Nothing was changed.`,
			{
				hint: isNoKey
					? "Give the identity of one of its recipients with --identity FILE, or its passphrase."
					: "Take another copy of it.",
				cause: error,
			},
		);
	}
}

function addKeys(decrypter: Decrypter, keys: Keys, name: string): void {
	for (const passphrase of keys.passphrases)
		decrypter.addPassphrase(passphrase);
	for (const identity of keys.identities)
		try {
			decrypter.addIdentity(identity);
		} catch (error) {
			throw new SnapshotError(
				"wrong-key",
				`What was given to open ${name} is no whole identity of age (${errorMessage(error)}). Nothing was changed.`,
				{
					hint: "It is a line of what `age-keygen` has made, from AGE-SECRET-KEY to its end.",
				},
			);
		}
}

/** Those of a file of `age-keygen`: one a line, with comments. @throws SnapshotError `usage` */
export function identitiesIn(text: string, file: string): string[] {
	const lines = text.split(/\r?\n/).map((line) => line.trim());
	const found = lines.filter((line) => line !== "" && !line.startsWith("#"));
	const isOne = (line: string) =>
		/^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/.test(line);
	if (found.length > 0 && found.every(isOne)) return found;
	throw new SnapshotError(
		"usage",
		`${file} holds no identity of age. Nothing was changed.`,
		{
			hint: "It has a line that begins with AGE-SECRET-KEY-1: `age-keygen -o key.txt` makes one.",
		},
	);
}
