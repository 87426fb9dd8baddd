import {
	identitiesIn,
	type Keys,
	type Seal,
} from "../../archive/encryption.ts";
import { sealOfFile } from "../../archive/open-archive.ts";
import { readText } from "../../core/files/durable.ts";
import { errorCode, SnapshotError } from "../../errors.ts";
import { usageError } from "../call/grammar.ts";
import {
	type Invocation,
	isChat,
	listFlag,
	textFlag,
} from "../call/handler.ts";
import { printable } from "../text/text.ts";

/** What flags say of how an archive is sealed. Undefined: nothing, so that the settings decide. */
export async function sealIn(
	invocation: Invocation,
): Promise<Seal | undefined> {
	const { flags, verb, system } = invocation;
	const recipients = listFlag(invocation, "encrypt-to");
	const said = [
		recipients.length > 0,
		textFlag(invocation, "passphrase-file") !== undefined,
		flags.passphrase === true,
		flags["no-encrypt"] === true,
	].filter(Boolean);
	if (said.length > 1)
		throw usageError(
			verb,
			"--encrypt-to, --passphrase-file, --passphrase and --no-encrypt exclude each other.",
		);
	if (flags["no-encrypt"] === true) return { kind: "none" };
	if (recipients.length > 0) return { kind: "recipients", recipients };
	const passphrase =
		passphraseIn(invocation, "private") ??
		(flags.passphrase === true
			? await askTwice(invocation, system)
			: undefined);
	return passphrase === undefined
		? undefined
		: { kind: "passphrase", passphrase };
}

/** What opens that archive, as flags say, or a person who is asked. @throws SnapshotError `wrong-key` */
export async function keysFor(
	invocation: Invocation,
	archive: string,
): Promise<Keys> {
	const kind = sealOfFile(invocation.system.disk, archive);
	const file = textFlag(invocation, "identity");
	const given = passphraseIn(invocation);
	const identities =
		file === undefined
			? []
			: identitiesIn(textIn(invocation, file), printable(file));
	if (kind === "recipients" && file === undefined)
		throw isEncrypted(
			archive,
			"Give the key of one of its recipients: --identity FILE.",
		);
	if (kind !== "passphrase" || given !== undefined)
		return { identities, passphrases: given === undefined ? [] : [given] };
	const asked = await askedFor(invocation, archive);
	return { identities, passphrases: [asked] };
}

/**
 * The first line of that file. @param mode "private": nobody else may read it, as ssh has it with keys. What is sealed is
 * opened all the same: the file may lie on a stick that knows no modes.
 */
function passphraseIn(
	invocation: Invocation,
	mode?: "private",
): string | undefined {
	const file = textFlag(invocation, "passphrase-file");
	if (file === undefined) return undefined;
	const [first = ""] = textIn(invocation, file, mode).split(/\r?\n/);
	if (first !== "") return first;
	throw usageError(
		invocation.verb,
		`The first line of ${printable(file)} is empty: it has to be the passphrase.`,
	);
}

const LIMIT = 64 * 1024;

/** Links are followed: it is a person's own. */
function textIn(
	{ system, verb }: Invocation,
	file: string,
	mode?: "private",
): string {
	const { disk } = system;
	const wrong = (why: string) => usageError(verb, `${printable(file)} ${why}.`);
	try {
		const real = disk.realPath(file);
		const found = disk.stat(real);
		if (found?.kind !== "file") throw wrong("is no file");
		if (mode === "private" && (found.mode & 0o077) !== 0)
			throw wrong("can be read by others: make it private (chmod 600)");
		return readText(disk, real, LIMIT) ?? "";
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code))
			throw wrong("is not there");
		if (code === "EFBIG")
			throw wrong("is larger than 64 KiB, and no file of keys");
		throw error;
	}
}

async function askTwice(
	{ verb, prefix }: Invocation,
	{ programs }: Invocation["system"],
): Promise<string> {
	const ask = async (question: string) =>
		isChat(prefix) ? undefined : await programs.askSecret(question);
	const first = await ask("Passphrase: ");
	if (first === undefined)
		throw usageError(
			verb,
			"--passphrase asks in a terminal, and there is none: use --passphrase-file.",
		);
	if (first === "") throw usageError(verb, "The passphrase is empty.");
	if (first !== (await ask("Once more: ")))
		throw usageError(verb, "The two passphrases are not the same.");
	return first;
}

async function askedFor(
	{ system, prefix }: Invocation,
	archive: string,
): Promise<string> {
	const question = `Passphrase of ${printable(archive)}: `;
	const passphrase = isChat(prefix)
		? undefined
		: await system.programs.askSecret(question);
	if (passphrase !== undefined) return passphrase;
	throw isEncrypted(archive, "Give its passphrase: --passphrase-file FILE.");
}

function isEncrypted(archive: string, hint: string): SnapshotError {
	const message = `${printable(archive)} is encrypted. Nothing was changed.`;
	return new SnapshotError("wrong-key", message, { hint });
}
