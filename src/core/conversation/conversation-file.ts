import { SnapshotError } from "../../errors.ts";
import { isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import type { Host } from "../home/host.ts";
import { matches } from "../home/paths.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { listSnapshots } from "../store/listing.ts";
import { readManifest } from "../store/store.ts";
import { printable } from "../words.ts";

/** Of an agent whose conversations are files each, which carry their ids in their names. */
export function keepsFiles({ conversations = [] }: Host): boolean {
	return conversations.length === 0;
}

/**
 * The file of a conversation that is in a snapshot and not in the home.
 * @throws SnapshotError `not-found`, and `failed` where it is there: it may have gone on since
 */
export function lostConversationFile(
	agent: Agent,
	ref: string,
	wanted: string,
): string {
	const { host, home, store } = agent;
	const { disk } = agent.system;
	const { id } = findSnapshot(listSnapshots(disk, store), ref);
	const chats = host.history.map(({ path }) => path);
	const all = readManifest(disk, store, id)
		.entries.filter(isFile)
		.map(({ path }) => path)
		.filter((path) => chats.some((chat) => matches(path, chat)));
	const found = all.filter(
		(path) => wanted.length >= LEAST && nameOf(path).includes(wanted),
	);
	const [path, ...more] = found;
	const refuse = (code: "not-found" | "failed", why: string, hint: string) =>
		new SnapshotError(code, `${why}. Nothing was changed.`, { hint });
	if (path === undefined || more.length > 0)
		throw refuse(
			"not-found",
			`${found.length === 0 ? "No file" : "More than one file"} of a conversation in snapshot ${id} is called ${JSON.stringify(printable(wanted))}`,
			all.length === 0
				? `A snapshot has conversations of ${host.title} only where "include" in state-snapshots/config.json names them: ${JSON.stringify(chats)}.`
				: `See which there are: \`ls ${id} ${all[0]?.split("/")[0]}\`.`,
		);
	if (disk.stat(`${home}/${path}`) !== undefined)
		throw refuse(
			"failed",
			`${path} is there, and may have gone on since`,
			`Back to what it was then, without what came since: \`restore ${id} ${path}\`.`,
		);
	return path;
}

/** Shorter ones stand in many names. */
const LEAST = 4;

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1);
}
