/** pi's extension: `/snapshot` and `/snap` in its terminal, its RPC mode and `pi -p`. */
import {
	createSnapshotCommand,
	hosts,
	type SnapshotCommand,
} from "../../index.ts";
import { ownVersion } from "../../system/program-version.ts";
import { answer } from "./answer.ts";
import type { PiCommand, PiExtensions } from "./api.ts";
import { completions } from "./completion.ts";
import { ENTRY, renderEntry } from "./entry.ts";

export default function snapshotExtension(pi: PiExtensions): void {
	const snapshot = createSnapshotCommand(hosts.pi);
	const command: PiCommand = {
		description: snapshot.description,
		getArgumentCompletions: (prefix) => completions(snapshot, prefix),
		handler: (args, context) => answer(snapshot, args, context, pi),
	};
	for (const name of [snapshot.name, ...snapshot.aliases])
		pi.registerCommand(name, command);
	pi.registerEntryRenderer?.(ENTRY, renderEntry);
	pi.on("session_start", ({ reason }) => {
		// Not awaited: the chat does not wait for what nobody asked for.
		if (reason === "startup") void takeAtStart(snapshot);
	});
	pi.on("session_before_compact", () => void snapshot.automatic("compaction"));
}

async function takeAtStart(snapshot: SnapshotCommand): Promise<void> {
	await snapshot.automatic("start", await piVersion());
}

/** pi hands its own module to extensions, under either name; not to those that Node itself loads, such as ours. */
async function piVersion(): Promise<string | undefined> {
	for (const name of [
		"@earendil-works/pi-coding-agent",
		"@mariozechner/pi-coding-agent",
	])
		try {
			const { VERSION }: { VERSION?: unknown } = await import(name);
			if (typeof VERSION === "string") return VERSION;
		} catch {
			// Not this one.
		}
	return ownVersion();
}
