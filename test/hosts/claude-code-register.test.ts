import path from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";

type Run = (engine: unknown, event: { args: string }) => Promise<unknown>;

/** Claude Code as far as hooks/register.ts sees it. */
async function loaded(): Promise<Run> {
	// Its types are Claude Code's own, which are not here.
	const file = path.join(root, "hooks/register.ts");
	const { register } = await import(file);
	const runs: Run[] = [];
	register((event: string, { command }: { command?: string }, run: Run) => {
		if (event === "command.run" && command === "snapshot") runs.push(run);
	});
	const [run] = runs;
	if (run === undefined) throw new Error("it has not registered snapshot");
	return run;
}

function engineThat(run: () => Promise<unknown>) {
	return { plugin: { root }, process: { run } };
}

it("without node on the path Claude Code shows a sentence", async () => {
	const run = await loaded();
	const engine = engineThat(async () => {
		throw new Error(
			'$.process.run(node) failed to start: ENOENT: Executable not found in $PATH: "node"',
		);
	});
	expect(await run(engine, { args: "create" })).toEqual({
		text: "agent-snapshot could not be started: there is no node on the path. Nothing was changed.",
	});
});

it("of one that took too long it does not say that nothing was changed", async () => {
	const run = await loaded();
	const engine = engineThat(async () => {
		throw new Error("aborted: still running after 600000ms");
	});
	const { text } = Object(await run(engine, { args: "restore 1" }));
	expect(text).toContain("still running after 600000ms");
	expect(text).toContain("/snapshot status");
	expect(text).not.toContain("Nothing was changed");
});

it("what the engine says is shown as it is", async () => {
	const run = await loaded();
	const engine = engineThat(async () => ({ stdout: "1  one\n", stderr: "" }));
	expect(await run(engine, { args: "list" })).toEqual({
		text: expect.stringContaining("    1  one"),
	});
});
