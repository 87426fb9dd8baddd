import type { Agent } from "../../core/home/agent.ts";
import type { Overview } from "../../core/home/overview.ts";
import { othersText, type Uncovered } from "../../core/home/uncovered.ts";
import type { Standing } from "../../core/status/standing.ts";
import { type Invocation, isChat } from "../call/handler.ts";
import { runningText } from "../hosts.ts";
import { elsewhereText } from "../list.ts";
import {
	ageText,
	bytesText,
	countText,
	printable,
	shortened,
	someOf,
	whenText,
} from "../text/text.ts";

/** After which another drill is due, in milliseconds. */
const DRILL_DUE = 30 * 24 * 60 * 60_000;

export function pendingText(
	{ recoveryPending, pendingElsewhere }: Standing,
	{ prefix }: Invocation,
): string[] {
	return [
		...(recoveryPending
			? [`A restore was interrupted: ${prefix} recover finishes it.`]
			: []),
		...elsewhereText(pendingElsewhere, prefix),
	];
}

export function newestText(
	{ system }: Agent,
	{ newestGood, lastTried, unchangedAt }: Standing,
	isStale: boolean,
	{ prefix }: Invocation,
): string[] {
	if (newestGood === undefined)
		return [
			`No good snapshot${isStale ? " (STALE)" : ""}. Make one with: ${prefix} create [label]`,
		];
	const now = system.clock.now();
	const when = whenText(newestGood.createdAt, now);
	const stale = isStale ? " STALE: older than it may be." : "";
	const tried =
		lastTried === undefined
			? `never verified (${prefix} verify)`
			: `${lastTried.by === "verify" ? "verified" : "drilled"} ${ageText(new Date(lastTried.at), now)}`;
	const since =
		unchangedAt === undefined
			? ""
			: ` Nothing had changed since, ${whenText(unchangedAt, now)}.`;
	return [
		`Newest good snapshot: ${printable(newestGood.id)}, ${when}; ${tried}.${since}${stale}`,
	];
}

/** That are not good and are told one by one. */
const TOLD = 2;

/** Each in a few words: the rest is `verify`'s to say. */
export function unfitText({ system }: Agent, { unfit }: Standing): string[] {
	if (unfit.length === 0) return [];
	const now = system.clock.now();
	const told = unfit.slice(0, TOLD).map(({ id, by, at, why = "" }) => {
		const age = ageText(new Date(at), now);
		const what =
			by === "create"
				? "incomplete"
				: `its ${by === "drill" ? "drill" : "verification"} ${age} failed: ${shortened(printable(why), 150)}`;
		return `${printable(id)} (${what})`;
	});
	const more = unfit.length > TOLD ? ` and ${unfit.length - TOLD} more` : "";
	return [`Not good: ${told.join("; ")}${more}.`];
}

export function keptText(
	{ store }: Agent,
	{ snapshots, onDisk, damaged, suspect }: Standing,
): string[] {
	const kept = snapshots.reduce((sum, { bytes }) => sum + bytes, 0);
	return [
		`${countText(snapshots.length, "snapshot")} of ${bytesText(kept)} in all, which take ${onDisk.isAll ? "" : "more than "}${bytesText(onDisk.bytes)} of the disk, in ${printable(store.directory)}.`,
		...(suspect.length > 0
			? [
					`Changed since ${suspect.length === 1 ? "it was" : "they were"} made, and maybe damaged: ${someOf([...suspect])}. \`verify\` tells.`,
				]
			: []),
		...(damaged.length > 0
			? [`Damaged, and not to be restored: ${someOf(damaged)}.`]
			: []),
	];
}

export function drillText(
	{ system }: Agent,
	{ lastDrill, newestGood, unfit }: Standing,
	{ prefix }: Invocation,
): string[] {
	const due = `${prefix} drill`;
	if (lastDrill === undefined)
		return newestGood === undefined
			? []
			: [`Never drilled. Whether a restore would work shows: ${due}`];
	const now = system.clock.now();
	const { at, id, ok, milliseconds, why = "" } = lastDrill;
	const when = whenText(new Date(at), now);
	const isTold = unfit
		.slice(0, TOLD)
		.some((one) => one.by === "drill" && one.id === id);
	const reason = isTold ? "" : `: ${shortened(printable(why), 300)}`;
	const isDue = now.getTime() - Date.parse(at) > DRILL_DUE;
	const again = isDue ? ` More than 30 days ago; again: ${due}` : "";
	return [
		ok
			? `Last drill: ${when}, of ${printable(id)}, passed in ${(milliseconds / 1000).toFixed(1)} s.${again}`
			: `Last drill FAILED: ${when}, of ${printable(id)}${reason}.${again}`,
	];
}

export function uncoveredText(
	uncovered: Uncovered,
	{ prefix }: Invocation,
): string[] {
	const { databases, secrets } = uncovered;
	const found = [...databases, ...secrets];
	const others = othersText(uncovered);
	return [
		...(found.length === 0
			? []
			: [`In no snapshot: ${someOf(found)}. More: ${prefix} doctor`]),
		...(others === undefined
			? []
			: [
					`In no snapshot: ${others}. To have them: "include" in the settings, or ${exportText(prefix)}`,
				]),
	];
}

/** How they get into an archive without secrets that anybody could read: only in a terminal a person is asked for a passphrase. */
export function exportText(prefix: string): string {
	return `${prefix} export --full ${isChat(prefix) ? "--no-secrets" : "--passphrase"}`;
}

export function agentText(
	{ host }: Agent,
	{ files, bytes, running }: Overview,
): string {
	return `${host.title} has ${countText(files, "file")} of ${bytesText(bytes)} to keep. Running: ${runningText(running)}.`;
}
