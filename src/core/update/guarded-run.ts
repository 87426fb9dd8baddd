import { afterDoing } from "../../errors.ts";
import type { AttachedProgram, Ended } from "../../system/system.ts";
import { newestBase } from "../capture/base.ts";
import { type CreateOutcome, createSnapshot } from "../create/create.ts";
import { isCopy } from "../create/unchanged.ts";
import type { Agent } from "../home/agent.ts";
import { countedIn } from "../home/counted.ts";
import { putBackOf } from "../home/coverage.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { safePoint } from "../patience.ts";
import { type RestoreOutcome, restoreSnapshot } from "../restore/restore.ts";
import { keptWhile } from "../retention/kept-while.ts";
import {
	type ExamineRequest,
	endText,
	examine,
	isReplaced,
	type NotDone,
	type Verdict,
} from "./after-run.ts";
import type { Problem } from "./health.ts";
import { whyNotDone, whyNotFinished } from "./why-not-done.ts";

export interface GuardRequest extends ExamineRequest {
	readonly program: AttachedProgram;
	/** Of the snapshot before, which is then made whether or not anything is new; that of the one after says so. */
	readonly label: string | undefined;
	/** Goes back when something was broken, or the program has failed. */
	readonly autoRollback: boolean;
	/** Runs the program even if not all could be saved before. */
	readonly anyway: boolean;
}

export interface GuardOutcome {
	readonly before: CreateOutcome | NotDone;
	/** Undefined: it was not run, because not all could be saved before. */
	readonly ended: Ended | undefined;
	/** Undefined: it was not run, or could not be started. */
	readonly verdict: Verdict | undefined;
	/** The directory in which the snapshot of before is no more: the program has taken or moved it away. */
	readonly goneFrom: string | undefined;
	/** Undefined: there was no reason for one, or none was wanted. */
	readonly rollback: RestoreOutcome | NotDone | undefined;
}

const NOT_RUN = "The command was not run.";

/**
 * Snapshot, program, checks, snapshot, and if something is broken and it is wanted the restore of the first one. The store is
 * locked only while we work on it: the program may take snapshots itself.
 */
export async function runGuarded(
	agent: Agent,
	request: GuardRequest,
): Promise<GuardOutcome> {
	const { programs, sqlite } = agent.system;
	const before = await afterDoing(NOT_RUN, () => saveBefore(agent, request));
	const not = {
		ended: undefined,
		verdict: undefined,
		goneFrom: undefined,
		rollback: undefined,
	};
	if (!isWhole(before) && !request.anyway) return { ...not, before };
	// Loaded by now if it was not: an update may replace the very files that we are made of.
	sqlite.version.at(0);
	await Promise.all([
		import("diff"),
		import("json5"),
		import("jsonc-parser"),
		import("smol-toml"),
		import("yaml"),
	]);
	agent.patience.progress?.end();
	// A Ctrl-C that came when the snapshot was done is no signal to a command that is not there yet.
	await afterDoing(NOT_RUN, () =>
		safePoint(agent.system, { ...agent.patience, deadline: undefined }),
	);
	return keptWhile(agent, idsOf(before), async () => {
		const ended = await programs.runAttached(request.program);
		if (ended.problem !== undefined) return { ...not, before, ended };
		return afterDoing(`The command ended: ${endText(ended)}.`, () =>
			settle(agent, request, before, ended),
		);
	});
}

function idsOf(before: GuardOutcome["before"]): string[] {
	return "why" in before ? [] : [before.snapshot.id];
}

/** All was saved, and can be put back. */
export function isWhole(
	before: GuardOutcome["before"],
): before is CreateOutcome {
	return (
		!("why" in before) &&
		!before.missed.some(({ lost }) => lost) &&
		!before.recoveryBlocked &&
		before.blockedElsewhere.length === 0
	);
}

async function saveBefore(
	agent: Agent,
	{ label, anyway }: GuardRequest,
): Promise<GuardOutcome["before"]> {
	const reason = "pre-update";
	const force = lacksCounts(agent);
	// Else it would stand under the name of another one, and whoever looks for theirs would not find it.
	const isEnough = (newest: Manifest, now: Manifest) =>
		newest.label === label && isCopy(newest, now);
	try {
		return await createSnapshot(agent, {
			label: label ?? reason,
			reason,
			force,
			...(label !== undefined && { isEnough }),
		});
	} catch (error) {
		const why = anyway ? whyNotDone(error) : undefined;
		if (why === undefined) throw error;
		return { why };
	}
}

/**
 * What is taken over from one of the agent's own, or of before manifests counted anything, would let every loss pass: all has
 * to be read then. A database that is counted has always a count; of a file there may be nothing to count.
 */
function lacksCounts(agent: Agent): boolean {
	const manifest = newestBase(agent, {})?.manifest;
	const isTable = (path: string) =>
		countedIn(agent.host, path).some(({ table }) => table !== undefined);
	const databases = (manifest?.entries ?? []).filter(({ path }) =>
		isTable(path),
	);
	const isOurs = manifest?.sequence !== undefined;
	return (
		(manifest !== undefined && !isOurs) ||
		(databases.length > 0 && databases.every((one) => !("counts" in one)))
	);
}

async function settle(
	agent: Agent,
	request: GuardRequest,
	before: GuardOutcome["before"],
	ended: Ended,
): Promise<GuardOutcome> {
	const hasFailed = ended.exitCode !== 0;
	const check = hasFailed ? undefined : request.check;
	const verdict = await examine(agent, { ...request, check }, before);
	// That nobody could look is no reason to go back.
	const isWanted =
		request.autoRollback && (hasFailed || verdict.problems.length > 0);
	const { directory } = agent.store;
	const isGone =
		!("why" in before) &&
		(isReplaced(before, verdict.after) || !isThere(agent, before));
	const goneFrom = isGone ? directory : undefined;
	const rollback =
		isWanted && !("why" in before) && !isGone
			? await rollBack(agent, before, verdict)
			: undefined;
	return { before, ended, verdict, goneFrom, rollback };
}

function isThere(
	{ system: { disk }, store }: Agent,
	{ snapshot: { id } }: CreateOutcome,
): boolean {
	return disk.stat(`${store.directory}/${id}/manifest.json`) !== undefined;
}

/** They are left alone as long as they are good, because an old one ends a new one: what is lost has none to be ended. */
export function brokenLogins(
	{ host }: Agent,
	problems: readonly Problem[],
): string[] {
	return problems.flatMap(({ path }) =>
		path !== undefined && putBackOf(host, path) === "if-missing-or-broken"
			? [path]
			: [],
	);
}

/** The ordinary restore, with its undo: what came meanwhile can be had back. */
async function rollBack(
	agent: Agent,
	{ snapshot }: CreateOutcome,
	{ after, problems }: Verdict,
): Promise<RestoreOutcome | NotDone> {
	try {
		return await restoreSnapshot(agent, {
			target: { ref: snapshot.id },
			dryRun: false,
			include: brokenLogins(agent, problems),
			select: [],
			undo: true,
			inUse: "why" in after ? [] : [after.snapshot.id],
		});
	} catch (error) {
		const why = whyNotFinished(error);
		if (why === undefined) throw error;
		return { why };
	}
}
