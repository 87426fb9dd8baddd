import type { AttachedProgram, Ended } from "../../system/system.ts";
import type { Entry } from "../capture/entry.ts";
import {
	type CreateOutcome,
	type CreateRequest,
	createSnapshot,
} from "../create/create.ts";
import type { Agent } from "../home/agent.ts";
import { UNHEALTHY_REASON } from "../manifest/manifest-summary.ts";
import { LOCKED } from "../reasons.ts";
import { markSnapshot } from "../store/marks.ts";
import { readManifest } from "../store/store.ts";
import { someOf } from "../words.ts";
import { type Problem, problemsOf } from "./health.ts";
import { lookAtChanged } from "./health-look.ts";
import { type WhatChanged, whatChanged } from "./health-report.ts";
import { isNothingThere, whyNotFinished } from "./why-not-done.ts";

/** A part of the work that could not be done, in sentences. */
export interface NotDone {
	readonly why: string;
}

/** What a program has left. */
export interface Verdict {
	/** What is worse than before. */
	readonly problems: readonly Problem[];
	/** Not done: it was not looked at either. */
	readonly after: CreateOutcome | NotDone;
	/** Undefined: it is not known. */
	readonly changed: WhatChanged | undefined;
	/** Why not all that it left was looked at, in sentences; undefined: it was. */
	readonly unseen: string | undefined;
}

export interface ExamineRequest {
	/** Exits with 0 if all is well; undefined: none was given. */
	readonly check: AttachedProgram | undefined;
	readonly label: string | undefined;
}

/** The check comes first: what it starts may be what migrates the state. */
export async function examine(
	agent: Agent,
	{ check, label }: ExamineRequest,
	before: CreateOutcome | NotDone,
): Promise<Verdict> {
	const failed = await failureOf(agent, check);
	const own = failed === undefined ? [] : [{ path: undefined, what: failed }];
	const not = { changed: undefined, unseen: undefined };
	const after = await orWhy(() =>
		createSnapshot(agent, requestFor(label, before)),
	);
	if ("why" in after) {
		const { why, isGone } = after;
		// Of an agent whose state is gone no snapshot can be made, and nothing else is as bad.
		const gone = isGone ? [{ path: undefined, what: why }] : [];
		return { ...not, problems: [...own, ...gone], after: { why } };
	}
	const compared = await orWhy(() => compare(agent, before, after));
	if ("why" in compared)
		return { ...not, problems: own, after, unseen: compared.why };
	const problems = [...own, ...compared.problems];
	const verdict = { ...compared, problems, after };
	if (problems.length === 0 || !after.created) return verdict;
	const { snapshot } = await markSnapshot(agent, {
		ref: after.snapshot.id,
		purpose: "run",
		marks: { reason: UNHEALTHY_REASON },
	});
	return { ...verdict, after: { ...after, snapshot } };
}

async function orWhy<T extends object>(
	work: () => Promise<T>,
): Promise<T | { readonly why: string; readonly isGone: boolean }> {
	try {
		return await work();
	} catch (error) {
		const why = whyNotFinished(error);
		if (why === undefined) throw error;
		return { why, isGone: isNothingThere(error) };
	}
}

/** "exit code 3", "SIGTERM" */
export function endText({ exitCode, signal }: Ended): string {
	return signal ?? `exit code ${exitCode}`;
}

async function failureOf(
	{ system }: Agent,
	check: AttachedProgram | undefined,
): Promise<string | undefined> {
	if (check === undefined) return undefined;
	const ended = await system.programs.runAttached(check);
	return ended.exitCode === 0
		? undefined
		: `the check failed (${ended.problem ?? endText(ended)})`;
}

function requestFor(
	label: string | undefined,
	before: CreateOutcome | NotDone,
): CreateRequest {
	const reason = "post-update";
	return {
		label: label === undefined ? reason : `after ${label}`,
		reason,
		force: false,
		...(!("why" in before) && { inUse: [before.snapshot.id] }),
	};
}

async function compare(
	agent: Agent,
	before: CreateOutcome | NotDone,
	after: CreateOutcome,
): Promise<Pick<Verdict, "problems" | "changed" | "unseen">> {
	const { host, system, store } = agent;
	const { snapshot, missed } = after;
	const manifestOf = (id: string) => readManifest(system.disk, store, id);
	// What somebody has locked may be sound.
	const locked = missed.filter(({ lost, why }) => lost && why === LOCKED);
	const isSeen = ({ path }: Entry) => !locked.some((one) => one.path === path);
	const unseen =
		locked.length === 0
			? undefined
			: `${someOf(locked.map(({ path }) => path))}: ${LOCKED}.`;
	const now = { ...manifestOf(snapshot.id), missed };
	if ("why" in before) {
		const none = { entries: [], missed: [] };
		const problems = problemsOf(host, none, now, []);
		return { problems, changed: undefined, unseen };
	}
	if (isReplaced(before, after))
		return { problems: [], changed: undefined, unseen: REPLACED };
	const then = manifestOf(before.snapshot.id);
	const looks = await lookAtChanged(agent, then, now);
	return {
		problems: problemsOf(host, then, now, looks, agent.home),
		changed: whatChanged(host, then.entries.filter(isSeen), now.entries, looks),
		unseen,
	};
}

const REPLACED = "the snapshot of before was removed meanwhile.";

/** It is gone, and the one after it, of the same second, has its id. */
export function isReplaced(
	before: CreateOutcome,
	after: CreateOutcome | NotDone,
): boolean {
	const isSame = !("why" in after) && after.snapshot.id === before.snapshot.id;
	return isSame && after.created;
}
