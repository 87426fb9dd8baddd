import { type CreateOutcome, createSnapshot } from "../core/create/create.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { quoted } from "../core/words.ts";
import { usageError } from "./call/grammar.ts";
import { type Handler, secondsFlag, textFlag, waitOf } from "./call/handler.ts";
import { type Answer, EXIT, type Reply, snapshotData } from "./call/reply.ts";
import { tooLargeText } from "./prune.ts";
import { firstOf } from "./text/room.ts";
import { noticeText } from "./text/scheduled-notice.ts";
import {
	bytesText,
	countText,
	finishedText,
	pathText,
	printable,
	shortened,
	someOf,
} from "./text/text.ts";

/** Of what could not be saved, so many are named. */
const NAMED = 3;
const REASONS = ["manual", "pre-update", "scheduled"];
/** What an updater waits for at most, in seconds. */
const UPDATE_TIMEOUT = 60;
const LINKS_ARE_NOT_FOLLOWED =
	'No link is followed. Move the database back into the home, which may itself be a link to a bigger disk; or copy it yourself, and name the link under "exclude" in state-snapshots/config.json.';

export const create: Handler = async (invocation) => {
	const { positionals, flags, verb, prefix } = invocation;
	const reason = textFlag(invocation, "reason") ?? "manual";
	if (!REASONS.includes(reason))
		throw usageError(verb, `--reason is one of ${REASONS.join(", ")}.`);
	const timeout =
		secondsFlag(invocation, "timeout") ??
		(reason === "pre-update" ? UPDATE_TIMEOUT : undefined);
	const agent = invocation.agent({
		wait: Math.min(waitOf(invocation), timeout ?? Number.POSITIVE_INFINITY),
		timeout,
	});
	const typed = positionals.join(" ");
	const label = typed || (reason === "pre-update" ? "pre-update" : null);

	const started = agent.system.clock.monotonic();
	const outcome = await createSnapshot(agent, {
		label,
		reason,
		force: flags.force === true,
	});
	const seconds = (agent.system.clock.monotonic() - started) / 1000;

	const answer = createAnswer(outcome, seconds, prefix, typed);
	const moved = movedText(invocation.meant);
	const notice = noticeText(agent, invocation);
	return { ...answer, text: [...notice, ...moved, answer.text].join("\n") };
};

/** What no snapshot of this agent has, as it is started here. */
function movedText({ host, places }: KnownAgent): string[] {
	return (places.movedBy ?? []).map(
		(variable) =>
			`WARNING: ${variable} moves ${host.movedBy?.[variable]} elsewhere: it is NOT in this snapshot, unless "include" names it.`,
	);
}

export function createAnswer(
	outcome: CreateOutcome,
	seconds: number,
	prefix: string,
	label = "",
): Answer {
	const { created, snapshot, missed, coherent, differences, damage } = outcome;
	const incomplete = missed.some(({ lost }) => lost);
	return {
		text: [
			...finishedText(outcome.recovered),
			...(created
				? createdText(outcome, seconds, prefix)
				: unchangedText(outcome, prefix, label)),
		].join("\n"),
		...(incomplete && { exitCode: EXIT.incomplete, error: lossOf(outcome) }),
		data: {
			created,
			snapshot: snapshotData(snapshot),
			missed,
			coherent,
			differences: differences ?? null,
			damage: damage ?? null,
			removed: removedBy(outcome),
		},
	};
}

function createdText(
	outcome: CreateOutcome,
	seconds: number,
	prefix: string,
): string[] {
	const { id, number, files, bytes } = outcome.snapshot;
	const old = removedBy(outcome).length;
	const removed = old > 0 ? ` Removed ${countText(old, "old snapshot")}.` : "";
	return [
		...incompleteText(outcome, prefix),
		...damageText(outcome),
		`Snapshot ${number} created: ${id}`,
		`${countText(files, "file")}, ${bytesText(bytes)}, in ${seconds.toFixed(1)} s; ${newText(outcome)}.${removed}`,
		...notes(outcome, prefix),
		`Put it back with: ${prefix} restore ${id}`,
	];
}

function damageText({ damage }: CreateOutcome): string[] {
	return damage === undefined
		? []
		: [`${printable(damage.what)}, so a new one was made.`];
}

/** @param label that was wanted */
function unchangedText(
	outcome: CreateOutcome,
	prefix: string,
	label: string,
): string[] {
	const { id, number } = outcome.snapshot;
	return [
		...incompleteText(outcome, prefix),
		`Nothing has changed since snapshot ${number} (${printable(id)}), so none was made.`,
		...notes(outcome, prefix),
		`Put it back with: ${prefix} restore ${printable(id)}    Make one all the same: ${prefix} create --force${label && ` ${quoted(printable(label))}`}`,
	];
}

/** Loud, and first: a snapshot that lacks the database is not the one people think they have. */
export function incompleteText(
	{ missed, snapshot }: Pick<CreateOutcome, "missed" | "snapshot">,
	prefix?: string,
): string[] {
	const lost = missed.filter((one) => one.lost);
	if (lost.length === 0) return [];
	const shown = firstOf(lost, NAMED);
	const reasons = shown.map(
		({ path, why }) => `  ${pathText(path)}: ${shortened(printable(why), 120)}`,
	);
	const all =
		prefix === undefined
			? ""
			: `: ${prefix} show ${printable(snapshot.id)} --full`;
	const left = lost.length - shown.length;
	const more = left > 0 ? [`  and ${left} more${all}`] : [];
	return [
		`WARNING: INCOMPLETE. ${countText(lost.length, "file")} could not be saved in ${snapshot.id}:`,
		...reasons,
		...more,
		"Everything else was saved. No older snapshot was removed.",
	];
}

/** @param hint what to do about it */
export function lossOf(
	{ missed, snapshot }: Pick<CreateOutcome, "missed" | "snapshot">,
	hint = "Mend what the reply names, then create another.",
): Reply["error"] {
	const paths = missed.filter(({ lost }) => lost).map(({ path }) => path);
	const message = `${snapshot.id} lacks ${someOf(paths)}.`;
	return { code: "incomplete", message, hint };
}

function newText({ differences, isFirst }: CreateOutcome): string {
	if (differences === undefined)
		return isFirst ? "the first one" : "there was no complete one before";
	if (differences.none) return "nothing new since the last one";
	const { changed, added, removed } = differences;
	const gone = removed.map((path) => `${path} (gone)`);
	return `new since the last one: ${someOf([...changed, ...added, ...gone])}`;
}

function removedBy({ pruned }: CreateOutcome): string[] {
	if (pruned === undefined || "problem" in pruned) return [];
	return pruned.removed.map(({ id }) => id);
}

function notes(outcome: CreateOutcome, prefix: string): string[] {
	const { missed, links, behindLinks, coherent, pruned } = outcome;
	const { recoveryBlocked, blockedElsewhere } = outcome;
	const skipped = missed
		.filter(({ lost }) => !lost)
		.map(({ path, why }) => `${path} (${why})`);
	return [
		...(skipped.length > 0 ? [`Left out: ${someOf(skipped, 2)}.`] : []),
		...(links.length > 0
			? [`Saved as links, without what they point at: ${someOf(links)}.`]
			: []),
		...(behindLinks.length > 0 ? [LINKS_ARE_NOT_FOLLOWED] : []),
		...(coherent
			? []
			: [
					"The agent was writing all the while: the files are not all of one moment.",
				]),
		...(pruned !== undefined && "problem" in pruned
			? [`Old snapshots could not be removed: ${printable(pruned.problem)}.`]
			: []),
		...(pruned !== undefined && "tooLarge" in pruned
			? tooLargeText(pruned)
			: []),
		...(recoveryBlocked
			? [`An interrupted restore waits to be settled: ${prefix} recover`]
			: []),
		...blockedElsewhere.map(
			({ home, command }) =>
				`An interrupted restore in ${printable(home)} waits to be settled, and what it touches is saved as it is now: ${printable(command)}`,
		),
	];
}
