import * as v from "valibot";
import { SnapshotError } from "../../errors.ts";
import { readLines, writeLines } from "../files/json-lines.ts";
import type { Agent } from "../home/agent.ts";
import { withLock } from "../store/lock.ts";

/** As `did` says it of ours: others may note in the same file what they have done. */
const DID = "schedule run";

const Line = v.looseObject({
	/** When it began, ISO 8601. */
	at: v.pipe(v.string(), v.isoTimestamp()),
});

const Step = v.object({
	/** "snapshot", "drill" */
	step: v.string(),
	ok: v.boolean(),
	/** A sentence without its full stop: what was done, or why not. */
	what: v.string(),
	/** Of the snapshot that was made, or says what there was then; or that was drilled. */
	id: v.exactOptional(v.string()),
});

const OpenStep = v.object({
	/** When the run in which it failed began, ISO 8601. */
	at: Line.entries.at,
	step: v.string(),
	what: v.string(),
});

/** A line of `log.jsonl`. */
const Run = v.object({
	at: Line.entries.at,
	did: v.literal(DID),
	/** Absent: it was put off. */
	ok: v.exactOptional(v.boolean()),
	milliseconds: v.number(),
	steps: v.array(Step),
	/** Of what it was asked to do the steps that it came to, also those that were not due. */
	tried: v.exactOptional(v.array(v.string())),
	/** What had failed before in steps that this one did not come to. */
	open: v.exactOptional(v.array(OpenStep)),
	/** Why it was put off. */
	putOff: v.exactOptional(v.string()),
	/** How much later it began than it should have, in milliseconds: the machine was off, or asleep. */
	late: v.exactOptional(v.number()),
	/** What could not be told to whom. */
	notes: v.exactOptional(v.array(v.string())),
});
export type StepDone = v.InferOutput<typeof Step>;
export type Run = Omit<v.InferOutput<typeof Run>, "did">;

/** From the first to the last. */
export function readRuns({ system, store }: Agent): Run[] {
	return readLines(system, store.log, Run);
}

const Begun = v.looseObject({
	at: Line.entries.at,
	did: v.picklist(["schedule install", "schedule remove"]),
});

/** Since when there is a schedule without a break; undefined: nobody knows, or there is none. */
export function scheduledSince({ system, store }: Agent): Date | undefined {
	const lines = readLines(system, store.log, Begun);
	const removed = lines.findLastIndex(({ did }) => did === "schedule remove");
	const first = lines[removed + 1];
	return first && new Date(first.at);
}

/** Adds a line, durably, or replaces the one of the same run. */
export function noteRun(agent: Agent, run: Run): Promise<void> {
	const { at, ...rest } = run;
	return note(agent, { at, did: DID, ...rest });
}

/** That there is a schedule from now on, or none: by it `status` knows that it has to look for one. */
export function noteSchedule(
	agent: Agent,
	what: "install" | "remove",
): Promise<void> {
	const at = agent.system.clock.now().toISOString();
	return note(agent, { at, did: `schedule ${what}` });
}

/**
 * Who waits for the lock in vain does it without: that another command has held it too long may be the very thing that is
 * to be noted, and nobody else writes there for so long.
 */
async function note(
	agent: Agent,
	line: { readonly at: string; readonly did: string },
): Promise<void> {
	const { system, store } = agent;
	const write = async () => {
		const lines = readLines(system, store.log, Line).filter(
			({ at, did }) => at !== line.at || did !== line.did,
		);
		writeLines(system, store, store.log, [...lines, line]);
	};
	// Nobody is to be kept from it by having been told to end.
	const patience = {
		signal: new AbortController().signal,
		deadline: undefined,
	};
	try {
		await withLock({ ...agent, patience, waitMilliseconds: 0 }, DID, write);
	} catch (error) {
		if (!(error instanceof SnapshotError) || error.code !== "locked")
			throw error;
		await write();
	}
}
