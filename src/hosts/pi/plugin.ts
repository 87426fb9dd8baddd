/** pi's extension: `/snapshot` and `/snap` in its terminal, its RPC mode and `pi -p`. */
import {
	createSnapshotCommand,
	hosts,
	type Reply,
	type SnapshotCommand,
} from "../../index.ts";
import { ownVersion } from "../../system/program-version.ts";
import { runAskingFirst } from "../ask-first.ts";
import {
	ENTRY,
	type EntryData,
	type PiComponent,
	type PiEntry,
	renderEntry,
} from "./entry.ts";

/** What is used of pi's ExtensionAPI (dist/core/extensions/types.d.ts): its package is not needed to build ours. */
export interface PiExtensions {
	registerCommand(name: string, command: PiCommand): void;
	/** Not in 0.73. */
	registerEntryRenderer?(
		type: string,
		render: (entry: PiEntry) => PiComponent | undefined,
	): void;
	appendEntry(type: string, data: EntryData): void;
	on(
		event: "session_start" | "session_before_compact" | "session_shutdown",
		listener: (event: { readonly reason?: string }) => unknown,
	): void;
}

export interface PiCommand {
	readonly description: string;
	getArgumentCompletions(
		prefix: string,
	): Promise<{ value: string; label: string }[] | null>;
	handler(args: string, context: PiContext): Promise<void>;
}

export interface PiContext {
	/** Not in 0.73. */
	readonly mode?: string;
	/** False with `-p` and in JSON mode. */
	readonly hasUI: boolean;
	readonly ui: {
		select(title: string, options: string[]): Promise<string | undefined>;
		notify(message: string, type: "info" | "error"): void;
	};
	waitForIdle(): Promise<void>;
	reload(): Promise<void>;
}

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

async function answer(
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
			})
		: await snapshot.run(args);
	const reloads = reply !== undefined && hasChangedState(reply);
	show(context, pi, args, reloads ? withoutAdvice(reply) : reply);
	// The context is of no use afterwards.
	if (reloads) await context.reload();
}

function hasChangedState({ ok, data }: Reply): boolean {
	return ok && (data.restored === true || typeof data.recovered === "string");
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

async function completions(
	snapshot: SnapshotCommand,
	prefix: string,
): Promise<{ value: string; label: string }[] | null> {
	const { candidates, labels, word } = await snapshot.complete(prefix);
	const before = prefix.slice(0, prefix.length - word.length);
	const items = candidates.map((one) => one.trimEnd());
	// Offering what is there already would take a second Enter.
	if (items.length === 0 || items.includes(word)) return null;
	return items.map((item) => {
		const label = [item, labels.get(item)].filter(Boolean).join("  ");
		return { value: before + item, label };
	});
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
