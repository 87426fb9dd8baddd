import type { JournalStep } from "../apply/journal.ts";
import { uncapturedIn } from "../apply/strangers.ts";
import { mayBeOpen } from "../apply/taken-away.ts";
import { type Base, newestBase } from "../capture/base.ts";
import type { Captured } from "../capture/capture.ts";
import { noCopies } from "../capture/copies.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { putBackOf } from "../home/coverage.ts";
import type { Coverage, Manifest } from "../manifest/manifest.ts";
import { PartTags } from "../parts/part-tags.ts";
import { inFormsOf } from "../parts/same-form.ts";
import { refuseRuined } from "./dry-run.ts";
import { homesSince } from "./homes-since.ts";
import { refuseObstacles } from "./obstacles.ts";
import { refuseUnchangeable } from "./obstacles-on-disk.ts";
import { Occupancy } from "./occupancy.ts";
import { modeChangeOf, refuseForbidden } from "./permissions.ts";
import {
	capturePresent,
	type Present,
	presentFolder,
	refuseNoRoomFor,
} from "./present.ts";
import type { RestoreRequest } from "./restore.ts";
import { type Moved, movedMeanwhile, stillMoving } from "./restore-moved.ts";
import { planRestore, type RestorePlan } from "./restore-plan.ts";
import {
	capturedBy,
	coverageFor,
	isUndo,
	scopeOf,
	stopFirst,
} from "./restore-scope.ts";
import type { Staging } from "./staging.ts";
import { waysIn } from "./ways-in.ts";

/** How often the present is captured anew because something in it moved: so often in any case, … */
const ROUNDS = 4;
/** … and so often if no more than these milliseconds have passed. */
const QUICK_ROUNDS = 20;
const QUICK = 10_000;
/** After the first round, in milliseconds, and longer after each one. */
const PAUSE = 20;

export interface Ready {
	readonly plan: RestorePlan;
	readonly present: Present;
	/** What it shares files with. */
	readonly base: Base | undefined;
	readonly tags: PartTags;
	readonly coverage: Coverage;
	readonly steps: readonly JournalStep[];
}

/**
 * All that can be done without changing the home. What an agent writes between the capture of the present and the
 * locks would be in neither state, so it is looked for, and the present captured again, now under those locks.
 * A dry run is refused for whatever a real one would be.
 */
export async function prepare(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	staging: Staging,
): Promise<Ready> {
	const coverage = coverageFor(agent, manifest, request);
	const hint = stopFirst(agent, manifest, request);
	const copies = noCopies();
	// A restore mends what has gone bad below the file system, too, which no look tells.
	const base = newestBase(agent, { known: manifest, isLookedAt: "files" });
	const tags = new PartTags(agent);
	const { clock } = agent.system;
	const giveUp = clock.monotonic() + QUICK;
	const isLate = () => clock.monotonic() > giveUp;
	let moved: Moved | undefined;
	for (let round = 1; round <= (isLate() ? ROUNDS : QUICK_ROUNDS); round++) {
		const present = await capturePresent(agent, manifest, coverage, request, {
			locked: staging.locks.held,
			copies,
			base,
			tags,
		});
		const comparable = await inFormsOf(agent, manifest, present);
		const planned = planFor(agent, manifest, comparable, request);
		const plan = isUndo(request) ? asItWas(planned) : planned;
		const ready = { plan, present, base, tags, coverage, steps: [] };
		if (plan.steps.length === 0) return ready;
		refuseForbidden(agent, plan);
		refuseObstacles(agent, plan);
		const taken = staging.locks.held;
		const options = { taken, hint, request };
		const ways = await waysIn(agent, manifest, plan, present, options);
		refuseUnchangeable(agent, plan, ways);
		// Without an undo the copy was only needed to look at: its room is for the new files.
		if (!request.undo) agent.system.disk.removeTree(presentFolder(agent.store));
		if (staging.isEmpty) refuseNoRoomFor(agent, request, plan, present, ways);
		if (request.dryRun) {
			await refuseRuined(agent, manifest, plan, { ways, present });
			return ready;
		}
		const steps = await staging.stage(plan, present, ways, hint);
		moved = movedMeanwhile(agent, steps, present);
		if (moved === undefined) return { ...ready, steps };
		await staging.locks.reserve(unreadable(present), hint);
		// What was written to a moment ago has no signature to be trusted yet: see `FileStat`.
		await clock.sleep(round * PAUSE);
	}
	throw stillMoving(agent, moved ?? { path: agent.host.title, how: "written" });
}

/** What was there before a restore goes back sound or not: a person who takes a restore back wants just that. */
function asItWas(plan: RestorePlan): RestorePlan {
	const steps = plan.steps.map((step) =>
		step.do === "database"
			? { ...step, entry: { ...step.entry, checked: true } }
			: step,
	);
	return { ...plan, steps };
}

/** A database without a write-ahead log cannot be read while it is locked for writing. */
function unreadable({ entries }: Captured): string[] {
	return entries
		.filter((entry) => entry.kind === "database" && entry.journalMode !== "wal")
		.map(({ path }) => path);
}

function planFor(
	agent: Agent,
	manifest: Manifest,
	present: Captured,
	request: RestoreRequest,
): RestorePlan {
	const scope = scopeOf(agent, manifest, present, request);
	const wanted = new Set(manifest.entries.map(({ path }) => path));
	// Of what came since, and of nothing else: hundreds of links may lead anywhere.
	const asked = new Map(
		present.entries
			.filter(({ path }) => !wanted.has(path) && scope.inScope(path))
			.filter((entry) => mayBeOpen(agent, entry))
			.map((entry) => [entry.path, entry]),
	);
	const captured = new Map(present.entries.map((entry) => [entry.path, entry]));
	const occupancy = new Occupancy(agent, [...asked.keys()]);
	const isHeld = (path: string) => {
		const entry = asked.get(path);
		return entry?.kind === "file" && entry.size > 0
			? occupancy.isHeldFile(path)
			: entry !== undefined && occupancy.isHeld(path);
	};
	const plan = planRestore({
		target: { ...manifest, captured: capturedBy(agent, manifest) },
		present,
		putBack: (path) => putBackOf(agent.host, path),
		isBroken: (path) => isBroken(agent, path),
		isHeld,
		modeChange: (entry) => modeChangeOf(agent, entry),
		uncapturedIn: (directory) => uncapturedIn(agent, captured, directory),
		...scope,
	});
	const since = homesSince(agent, manifest).filter(({ path }) =>
		scope.inScope(path),
	);
	return { ...plan, leftAlone: [...plan.leftAlone, ...since] };
}

/** Of a file that goes back only then: it says nothing, or not what its name says. */
export function isBroken({ system, home }: Agent, path: string): boolean {
	if (system.disk.stat(`${home}/${path}`)?.kind !== "file") return false;
	const text = readText(system.disk, `${home}/${path}`, 16 * 1024 * 1024) ?? "";
	if (text.trim() === "") return true;
	if (!path.endsWith(".json")) return false;
	try {
		JSON.parse(text);
		return false;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return true;
	}
}
