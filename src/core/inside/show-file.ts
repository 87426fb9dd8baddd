import type { Holdings } from "../../system/system.ts";
import type { FileEntry } from "../capture/entry.ts";
import { whyNoText } from "../files/content-kind.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import type { Agent } from "../home/agent.ts";
import { type SecretKeys, secretKeysIn } from "../secrets/secret-keys.ts";
import { isSecretFile, maskText } from "../secrets/secrets.ts";
import { holdingsOf } from "./holdings.ts";
import { beginningOf, readStored } from "./read-stored.ts";

/** What may be shown of a file of a snapshot, to whoever sees the reply. */
export type ShownFile =
	| {
			readonly as: "text";
			/** With its secrets masked. */
			readonly text: string;
			/** Something was. */
			readonly isMasked: boolean;
			/** It goes on behind that. */
			readonly isCut: boolean;
	  }
	| { readonly as: "binary"; readonly what: string }
	/** Its values are hidden whatever they are. Undefined: it has no names either. */
	| { readonly as: "secret"; readonly keys: SecretKeys | undefined }
	/** Undefined: it cannot be read. */
	| { readonly as: "database"; readonly holdings: Holdings | undefined };

/** A text that is longer than this is shown only so far, in bytes. */
export const TEXT_LIMIT = 16 * 1024 * 1024;
/** Far more than forty lines, for who wants no more. */
const SHORT = 1024 * 1024;

/** @throws SnapshotError `damaged` when it is not what was captured */
export async function showFile(
	agent: Agent,
	id: string,
	entry: FileEntry,
	isFull: boolean,
): Promise<ShownFile> {
	if (isStoredDatabase(agent, id, entry))
		return { as: "database", holdings: await holdingsOf(agent, id, entry) };
	const bytes = await readStored(agent, id, entry, isFull ? TEXT_LIMIT : SHORT);
	const isCut = bytes.length < entry.size;
	const isSecret = isSecretFile(agent.host, entry.path);
	const what = whyNoText(bytes, !isCut);
	if (what !== undefined)
		return isSecret
			? { as: "secret", keys: undefined }
			: { as: "binary", what };
	const content = bytes.toString("utf8");
	if (isSecret) return { as: "secret", keys: secretKeysIn(content) };
	const text = maskText(content);
	return { as: "text", text, isMasked: text !== content, isCut };
}

/** By its beginning: snapshots of the agent's own do not say what a file is. */
export function isStoredDatabase(
	agent: Agent,
	id: string,
	entry: FileEntry,
): boolean {
	return (
		entry.kind === "database" ||
		new DatabaseHeader(beginningOf(agent, id, entry, 100)).isSqlite
	);
}
