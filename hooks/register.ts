import type { EngineInterface, Register } from "claude-code";

// Claude Code loads this file itself, in a sandbox without Node: it can only start our engine and show what that says.
const run = async ($: EngineInterface, event: { args: string }) => {
	const result = await $.process.run(
		[
			"node",
			`${$.plugin.root}/dist/cli.js`,
			"--host",
			"claude-code",
			"--chat",
			`--typed=${event.args}`,
		],
		{ timeoutMs: 120_000 },
	);
	// It writes "snapshot: " before it and takes it for Markdown, in which what is indented stays as it is.
	const text = result.stdout || result.stderr;
	return { text: `\n\n${text.replaceAll(/^/gm, "    ")}` };
};

export const register: Register = (on) => {
	on("session.start", async ($, event, next) => {
		try {
			for (const name of ["snapshot", "snap"])
				await $.command.register({
					name,
					description:
						"Save, list, restore and prune snapshots of this agent's state",
					argumentHint: "create | list | restore N | undo | prune",
				});
		} catch {
			// Another plugin has the name; the hook answers instead.
		}
		return next(event);
	});
	on("command.run", { command: "snapshot" }, run);
	on("command.run", { command: "snap" }, run);
};
