/** pi's extension: `/snapshot` and `/snap` in its terminal, its RPC mode and `pi -p`. */
import { createSnapshotCommand, hosts } from "../../index.ts";
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
		if (reason === "startup") snapshot.startAutomatic("start", ownVersion());
	});
	pi.on("session_before_compact", () => snapshot.startAutomatic("compaction"));
}
