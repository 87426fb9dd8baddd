import type { AttachedProgram, Ended } from "../../system/system.ts";
import {
	type CreateOutcome,
	type CreateRequest,
	createSnapshot,
} from "../create/create.ts";
import type { Agent } from "../home/agent.ts";
import { UNHEALTHY_REASON } from "../manifest/manifest-summary.ts";
import { markSnapshot } from "../store/marks.ts";
import { readManifest } from "../store/store.ts";
import { type Problem, problemsOf } from "./health.ts";
import { lookAtChanged } from "./health-look.ts";
import { type WhatChanged, whatChanged } from "./health-report.ts";
import { isNothingThere, whyNotDone } from "./why-not-done.ts";

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
	try {
		const after = await createSnapshot(agent, requestFor(label, before));
		const { problems, changed } = await compare(agent, before, after);
		const all = [...own, ...problems];
		if (all.length === 0 || !after.created)
			return { problems: all, after, changed };
		const { snapshot } = await markSnapshot(agent, {
			ref: after.snapshot.id,
			purpose: "run",
			marks: { reason: UNHEALTHY_REASON },
		});
		return { problems: all, after: { ...after, snapshot }, changed };
	} catch (error) {
		const why = whyNotDone(error);
		if (why === undefined) throw error;
		// Of an agent whose state is gone no snapshot can be made, and nothing else is as bad.
		const gone = isNothingThere(error) ? [{ path: undefined, what: why }] : [];
		return { problems: [...own, ...gone], after: { why }, changed: undefined };
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
	{ snapshot, missed }: CreateOutcome,
): Promise<Pick<Verdict, "problems" | "changed">> {
	const { host, system, store } = agent;
	const manifestOf = (id: string) => readManifest(system.disk, store, id);
	const now = { ...manifestOf(snapshot.id), missed };
	if ("why" in before) {
		const none = { entries: [], missed: [] };
		const problems = problemsOf(host, none, now, []);
		return { problems, changed: undefined };
	}
	const then = manifestOf(before.snapshot.id);
	const looks = await lookAtChanged(agent, then, now);
	return {
		problems: problemsOf(host, then, now, looks),
		changed: whatChanged(host, then.entries, now.entries, looks),
	};
}
