import {
	type Reply,
	type SnapshotCommand,
	type TypedCall,
	textOf,
} from "../index.ts";

/** How a host asks a person. */
export interface Asking {
	/** Resolves with what was chosen; undefined when nothing was. */
	select(
		title: string,
		options: readonly string[],
	): Promise<string | undefined>;
	/** Shows a line at once, of what takes long. */
	tell(line: string): void;
}

const CANCEL = "Cancel";

/**
 * Runs what was typed where a host can ask: a restore shows its plan and asks before it does it, and one that names no
 * snapshot offers them. So does a removal, which has to name one. Undefined: the person thought better of it.
 */
export async function runAskingFirst(
	command: SnapshotCommand,
	text: string,
	asking: Asking,
): Promise<Reply | undefined> {
	const call = command.callOf(text);
	if (call?.verb === "remove" && call.flags.yes !== true)
		return removeAskingFirst(command, call, asking);
	if (call?.verb !== "restore" && call?.verb !== "undo")
		return command.run(text, asking.tell);
	const isNamed = call.verb === "undo" || call.positionals.length > 0;
	const named = isNamed ? call : await pick(command, call, asking);
	if (named === undefined) return undefined;
	// These change nothing now.
	if (call.flags["dry-run"] === true || call.flags["at-next-start"] === true)
		return command.run(textOf(named), asking.tell);
	const plan = await planOf(command, named, asking);
	// What cannot be planned is told at once; and where nothing is to be done, nothing is asked.
	if (!plan.ok || isIdle(plan)) return plan;
	const answer = await asking.select(plan.text, [CANCEL, "Restore"]);
	return answer === "Restore"
		? carryOut(command, named, plan, asking)
		: undefined;
}

/** Of the snapshot that the question named, by its id. */
async function removeAskingFirst(
	command: SnapshotCommand,
	call: TypedCall,
	{ select, tell }: Asking,
): Promise<Reply | undefined> {
	const plan = await command.run(textOf(call), tell);
	if (!plan.ok) return plan;
	const answer = await select(plan.text, [CANCEL, "Remove"]);
	if (answer !== "Remove") return undefined;
	const flags = { ...call.flags, yes: true };
	const positionals = [snapshotOf(plan)];
	return command.run(textOf({ ...call, positionals, flags }), tell);
}

/** Of the snapshot that the plan shows. While the question stood another one may have come, and every number moved on. */
async function carryOut(
	command: SnapshotCommand,
	call: TypedCall,
	plan: Reply,
	asking: Asking,
): Promise<Reply> {
	const { tell } = asking;
	const id = snapshotOf(plan);
	if (call.verb === "restore") {
		const [, ...paths] = call.positionals;
		const meant = { ...call, positionals: [id, ...paths] };
		return command.run(textOf(meant), tell);
	}
	const now = await planOf(command, call, asking);
	if (!now.ok || isIdle(now)) return now;
	return snapshotOf(now) === id
		? command.run(textOf(call), tell)
		: ANOTHER_UNDO;
}

const ANOTHER = "There was another restore while the question stood.";
const ANOTHER_UNDO: Reply = {
	ok: false,
	text: `${ANOTHER} Nothing was changed. Type undo again to see what it would take back now.`,
	exitCode: 1,
	data: {},
	error: {
		code: "failed",
		message: `${ANOTHER} Nothing was changed.`,
		hint: "Type undo again to see what it would take back now.",
	},
};

function planOf(
	command: SnapshotCommand,
	call: TypedCall,
	{ tell }: Asking,
): Promise<Reply> {
	const flags = { ...call.flags, "dry-run": true };
	return command.run(textOf({ ...call, flags }), tell);
}

/** The id, in what a dry run answers. */
function snapshotOf({ data }: Reply): string {
	const { id }: { id?: unknown } = Object(data.snapshot);
	return String(id);
}

function isIdle({ data }: Reply): boolean {
	return Array.isArray(data.plan) && data.plan.length === 0;
}

async function pick(
	command: SnapshotCommand,
	call: TypedCall,
	asking: Asking,
): Promise<TypedCall | undefined> {
	const { data } = await command.run("list --all");
	const snapshots = Array.isArray(data.snapshots) ? data.snapshots : [];
	const lines = new Map(
		snapshots.map(({ id, label, createdAt }) => [
			[id, createdAt, label].filter(Boolean).join("  "),
			String(id),
		]),
	);
	// It is said then that there are none.
	if (lines.size === 0) return call;
	const chosen = await asking.select("Restore which snapshot?", [
		CANCEL,
		...lines.keys(),
	]);
	const id = lines.get(chosen ?? "");
	return id === undefined ? undefined : { ...call, positionals: [id] };
}
