import { joinSession } from "@github/copilot-sdk/extension";
import { asBlock } from "../../dist/hosts/hook-answer.js";
import { createSnapshotCommand, hosts } from "../../dist/index.js";

// Copilot runs this file with Node packed into itself, on which our engine cannot run: dist/index.js finds another.
const snapshot = createSnapshotCommand(hosts.copilot);

// Without extensions, which are experimental, Copilot has /snapshot from copilot/commands, and our hook answers. With a
// second one of that name it complains: here are only the other names.
const session = await joinSession({
	commands: snapshot.aliases.map((name) => ({
		name,
		description: snapshot.description,
		handler: async ({ args = "" }) => {
			const { text, ok } = await snapshot.run(args);
			await session.log(asBlock(text), { level: ok ? "info" : "error" });
		},
	})),
});
