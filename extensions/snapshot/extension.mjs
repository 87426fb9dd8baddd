import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { joinSession } from "@github/copilot-sdk/extension";

// Copilot loads this file itself, with its own Node: it starts our engine and shows what that says.
const engine = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

const answer = (typed) =>
	new Promise((resolve) => {
		const words = ["--host", "copilot", "--chat", `--typed=${typed}`];
		execFile(process.execPath, [engine, ...words], (_, stdout, stderr) =>
			resolve(stdout || stderr),
		);
	});

const command = (name) => ({
	name,
	description: "Save, list, restore and prune snapshots of this agent's state",
	handler: async ({ args = "" }) => {
		const text = await answer(args);
		await session.log(text.trimEnd(), { level: "info" });
	},
});

const session = await joinSession({
	commands: [command("snapshot"), command("snap")],
});
