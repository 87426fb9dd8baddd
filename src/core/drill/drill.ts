import { errorCode, reasonIn, SnapshotError } from "../../errors.ts";
import type { Trial } from "../../system/system.ts";
import { isFile, totalOf } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import { withScratch } from "../files/scratch.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import type { Places } from "../home/layout.ts";
import { whyFailed, whyOfDisk } from "../reasons.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { listSnapshots } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { readManifest } from "../store/store.ts";
import { type Flaws, NO_FLAWS } from "../verify/flaws.ts";
import { notingDamage } from "../verify/noting-damage.ts";
import { someOf } from "../words.ts";
import { type Checked, checkRehearsed } from "./drill-check.ts";
import { type Rehearsed, rehearseRestore } from "./drill-home.ts";
import { type Started, startThere, whyNotStarted } from "./drill-start.ts";
import { type Drill, noteDrill, refuseUnnotable } from "./drills.ts";

export interface DrillRequest {
	/** As people type it. */
	readonly ref: string;
	/** A command for the shell, which has to find its home in what came back. */
	readonly start:
		| { readonly command: string; readonly milliseconds: number }
		| undefined;
	/** Where the agent's directories lie. */
	readonly places: Places;
}

export interface Drilled extends Pick<Flaws, "faults" | "notes"> {
	/** As it was noted. */
	readonly drill: Drill;
	/** Of the command that was started, if there was one and it came to that. */
	readonly trial: Trial | undefined;
	/** Nothing was put back of these, on purpose. */
	readonly left: readonly string[];
	/** It is one of Hermes' own, which carry no hashes: of what lies in the store only the sizes could be compared. */
	readonly isUnhashed: boolean;
}

/**
 * Restores a snapshot into a home that nobody uses, looks at all that came back, and removes it. The agent's own home is
 * neither read nor written to. What it came to is noted, well or not.
 * @throws SnapshotError when it did not come to a drill: `not-found`, `ambiguous`, `locked`, `interrupted`, `timed-out`
 */
export async function drillSnapshot(
	agent: Agent,
	request: DrillRequest,
): Promise<Drilled> {
	const { clock } = agent.system;
	const id = idOf(agent, request.ref);
	refuseUnnotable(agent);
	const at = clock.now().toISOString();
	const begun = clock.monotonic();
	const time = () => Math.round(clock.monotonic() - begun);
	const drilled = await unlessFailed(() =>
		notingDamage(agent, () => tryOut(agent, id, request, time), {
			by: "drill",
		}),
	);
	const { result, ...rest } =
		"failed" in drilled ? failedDrill(drilled.failed, time()) : drilled;
	const drill = { at, id, ...result };
	await noteDrill(agent, drill);
	return { drill, ...rest };
}

type Outcome = Omit<Drilled, "drill"> & {
	readonly result: Omit<Drill, "at" | "id">;
};

/** One whose manifest cannot be read any more is named by its id. */
function idOf({ system, store }: Agent, ref: string): string {
	const listing = listSnapshots(system.disk, store);
	const unlisted = [...listing.damaged, ...listing.lost];
	return unlisted.includes(ref) ? ref : findSnapshot(listing, ref).id;
}

function tryOut(
	agent: Agent,
	id: string,
	request: DrillRequest,
	time: () => number,
): Promise<Outcome> {
	return withScratch(agent, async (folder) => {
		const rehearsed = await withLock(agent, "drill", async () => {
			refuseNoRoom(agent, id);
			return rehearseRestore(agent, id, folder);
		});
		const checked = await checkRehearsed(rehearsed);
		const milliseconds = time();
		const isWhole = checked.damage.length + checked.faults.length === 0;
		const started = isWhole
			? await startThere(agent, rehearsed, request, folder)
			: undefined;
		return outcomeOf(rehearsed, checked, { ...started, milliseconds });
	});
}

/** The agent beside it must not find its disk full. */
function refuseNoRoom(agent: Agent, id: string): void {
	const { system, store } = agent;
	const { entries } = readManifest(system.disk, store, id);
	const { reserveBytes } = settingsOrDefaults(agent);
	refuseFullDisk(agent, totalOf(entries.filter(isFile)), reserveBytes);
}

function outcomeOf(
	{ plan, manifest }: Rehearsed,
	{ damage, faults, notes, unsearched, files, bytes, counts }: Checked,
	{
		trial,
		less = [],
		milliseconds,
	}: Partial<Started> & { milliseconds: number },
): Outcome {
	const lacking = manifest.missed.filter(({ lost }) => lost);
	const why = [
		...(lacking.length === 0
			? []
			: [
					`the snapshot is incomplete: it lacks ${someOf(lacking.map(({ path }) => path))}`,
				]),
		...damage.map(({ path, what }) => `${path} ${what}`),
		...faults.map(
			({ path, what }) => `${path} ${what}, already when it was captured`,
		),
		...(trial === undefined ? [] : whyNotStarted(trial)),
		...less,
	];
	const all = Object.fromEntries(
		counts.map(({ what, count }) => [what, count]),
	);
	return {
		faults,
		notes,
		trial,
		left: plan.leftAlone.map(({ path }) => path),
		isUnhashed: manifest.sequence === undefined,
		result: {
			ok: why.length === 0,
			milliseconds,
			files,
			bytes,
			...(why.length > 0 && { why: someSentences(why) }),
			...(unsearched.length > 0 && { unsearched: [...unsearched] }),
			...(counts.length > 0 && { counts: all }),
		},
	};
}

function someSentences(all: readonly string[]): string {
	const more = all.length - 3;
	return `${all.slice(0, 3).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function failedDrill(error: unknown, milliseconds: number): Outcome {
	const why =
		error instanceof SnapshotError ? reasonIn(error.message) : whyFailed(error);
	const isOfSnapshot =
		error instanceof SnapshotError &&
		!["no-space", "failed"].includes(error.code);
	const result = {
		...{ ok: false, milliseconds, files: 0, bytes: 0 },
		why: why.replace(/\s+/g, " "),
		...(!isOfSnapshot && { surroundings: true as const }),
	};
	const none = { trial: undefined, left: [], isUnhashed: false };
	return { ...NO_FLAWS, ...none, result };
}

/** A restore would have failed as it did. Who was not let begin, or was interrupted, has shown nothing. */
async function unlessFailed<T>(
	work: () => Promise<T>,
): Promise<T | { readonly failed: unknown }> {
	try {
		return await work();
	} catch (error) {
		const isNone =
			error instanceof SnapshotError
				? ["locked", "interrupted", "timed-out", "usage"].includes(error.code)
				: whyOfDisk(error) === undefined && errorCode(error) !== "ENOENT";
		if (isNone) throw error;
		return { failed: error };
	}
}
