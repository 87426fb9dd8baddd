import type { Reply, SnapshotCommand } from "../index.ts";

/** How a host asks a person. */
export interface Asking {
	/** Resolves with what was chosen; undefined when nothing was. */
	select(
		title: string,
		options: readonly string[],
	): Promise<string | undefined>;
}

const CANCEL = "Cancel";

/**
 * Runs what was typed where a host can ask: a restore shows its plan and asks before it does it, and one that names no
 * snapshot offers them. Undefined: the person thought better of it.
 */
export async function runAskingFirst(
	command: SnapshotCommand,
	text: string,
	asking: Asking,
): Promise<Reply | undefined> {
	const verb = command.verbOf(text);
	if (verb !== "restore" && verb !== "undo") return command.run(text);
	if (/(^|\s)(--dry-run|--help|-h)(\s|$)/.test(text)) return command.run(text);
	const named = namesSnapshot(text) || verb === "undo";
	const wanted = named ? text : await pick(command, text, asking);
	if (wanted === undefined) return undefined;
	const plan = await command.run(`${wanted} --dry-run`);
	// What cannot be planned is told at once; and where nothing is to be done, nothing is asked.
	if (!plan.ok || isIdle(plan)) return plan;
	const answer = await asking.select(plan.text, [CANCEL, "Restore"]);
	return answer === "Restore" ? command.run(wanted) : undefined;
}

function namesSnapshot(text: string): boolean {
	return text
		.trim()
		.split(/\s+/)
		.slice(1)
		.some((word) => !word.startsWith("-"));
}

function isIdle({ data }: Reply): boolean {
	return Array.isArray(data.plan) && data.plan.length === 0;
}

async function pick(
	command: SnapshotCommand,
	text: string,
	asking: Asking,
): Promise<string | undefined> {
	const { data } = await command.run("list --all");
	const snapshots = Array.isArray(data.snapshots) ? data.snapshots : [];
	const lines = new Map(
		snapshots.map(({ id, label, createdAt }) => [
			[id, createdAt, label].filter(Boolean).join("  "),
			String(id),
		]),
	);
	if (lines.size === 0) return text;
	const chosen = await asking.select("Restore which snapshot?", [
		CANCEL,
		...lines.keys(),
	]);
	const id = lines.get(chosen ?? "");
	return id === undefined ? undefined : `${text.trim()} ${id}`;
}
