import { hosts, type Reply, type SnapshotCommand } from "../../index.ts";
import { runAskingFirst } from "../ask-first.ts";
import { hasChangedState } from "../changed-state.ts";
import type { PiContext, PiExtensions } from "./api.ts";
import { ENTRY } from "./entry.ts";

/** Runs what was typed, shows what came of it, and has pi load what was put back. */
export async function answer(
	snapshot: SnapshotCommand,
	args: string,
	context: PiContext,
	pi: PiExtensions,
): Promise<void> {
	const changes = ["restore", "undo", "recover"];
	if (changes.includes(snapshot.verbOf(args) ?? ""))
		await context.waitForIdle();
	const reply = context.hasUI
		? await runAskingFirst(snapshot, args, {
				select: (title, options) => context.ui.select(title, [...options]),
				tell: (line) => context.ui.notify(line, "info"),
			})
		: await snapshot.run(args);
	const reloads = reply !== undefined && hasChangedState(reply);
	show(context, pi, args, reloads ? withoutAdvice(reply) : reply);
	// The context is of no use afterwards.
	if (reloads) await context.reload();
}

/** What a person would have to do is done by us. */
function withoutAdvice(reply: Reply): Reply {
	const text = reply.text.replace(hosts.pi.afterRestore, "pi loads it now.");
	return { ...reply, text };
}

function show(
	{ hasUI, mode, ui }: PiContext,
	pi: PiExtensions,
	args: string,
	reply: Reply | undefined,
): void {
	const { text, ok } = reply ?? { text: "Nothing was changed.", ok: true };
	// In its terminal a notice is replaced by the next one, and swept away by the reload after a restore.
	if (mode === "tui" && pi.registerEntryRenderer !== undefined)
		pi.appendEntry(ENTRY, { typed: `/snapshot ${args}`.trim(), text });
	else if (hasUI) ui.notify(text, ok ? "info" : "error");
	else process.stdout.write(`${text}\n`);
}
