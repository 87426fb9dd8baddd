import type { EngineInterface, Register } from "claude-code";

// Claude Code loads this file itself, in a sandbox without Node: it can only start our engine and show what that says.
const run = async ($: EngineInterface, event: { args: string }) => {
	let result: { stdout: string; stderr: string };
	try {
		result = await $.process.run(
			[
				"node",
				`${$.plugin.root}/dist/hosts/hook.js`,
				"claude-code",
				"command",
				// Seconds, after which it says that the engine goes on: what is started here itself would be ended.
				"120",
				event.args,
			],
			{ timeoutMs: 600_000 },
		);
	} catch (error) {
		return { text: whyNoAnswer(String(error)) };
	}
	// It writes "snapshot: " before it and takes it for Markdown, in which what is indented stays as it is.
	const text = result.stdout || result.stderr;
	return { text: `\n\n${text.replaceAll(/^/gm, "    ")}` };
};

/** It throws "… failed to start: ENOENT: …", and "… aborted: still running after 600000ms". */
const whyNoAnswer = (problem: string) =>
	problem.includes("ENOENT")
		? "agent-snapshot could not be started: there is no node on the path. Nothing was changed."
		: `agent-snapshot did not answer (${problem}). See what came of it: /snapshot status`;

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
