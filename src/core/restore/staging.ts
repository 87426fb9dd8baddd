import { NOTHING } from "../apply/apply-database.ts";
import { type JournalStep, stagedPath } from "../apply/journal.ts";
import type { Captured } from "../capture/capture.ts";
import { totalOf } from "../capture/entry.ts";
import { databaseSignature } from "../capture/signatures.ts";
import { MANY_FILES, syncDirectory } from "../files/durable.ts";
import { makeLink } from "../files/make-link.ts";
import type { Agent } from "../home/agent.ts";
import { signatureBehind } from "../home/behind-links.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { stageFile } from "../parts/whole-file.ts";
import { safePoint } from "../patience.ts";
import { breathe } from "../work.ts";
import { LiveLocks, type Replaced } from "./live-locks.ts";
import {
	isStandIn,
	ReadThere,
	stageAnew,
	stageDatabase,
} from "./new-content.ts";
import { linkAbove } from "./obstacles.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { Step } from "./restore-steps.ts";
import {
	asOwnerLeftIt,
	dressFile,
	finishFile,
	refuseDamagedDatabase,
} from "./staged-file.ts";
import type { WaysIn } from "./ways-in.ts";

/**
 * The new files of one restore, whole and durable beside the store, and the write locks of the databases that
 * will take them in through SQLite. Nothing in the home is changed. Each path is staged once, however often asked.
 */
export class Staging {
	readonly #agent: Agent;
	readonly #snapshot: Manifest;
	readonly #names = new Map<string, string>();
	/** Of the databases that go in through SQLite. */
	readonly locks: LiveLocks;
	readonly #readThere: ReadThere;

	constructor(agent: Agent, snapshot: Manifest) {
		this.#agent = agent;
		this.#snapshot = snapshot;
		this.locks = new LiveLocks(agent, snapshot.id);
		this.#readThere = new ReadThere(agent, snapshot.id);
		agent.system.disk.makeDirectory(`${agent.store.restoring}/new`, 0o700);
	}

	get isEmpty(): boolean {
		return this.#names.size === 0;
	}

	/** Writes the new content of a database whose lock is held. */
	replace(path: string): Promise<Replaced> {
		return this.locks.replace(path, this.#readThere.isKnown(path));
	}

	async stage(
		plan: RestorePlan,
		present: Captured,
		ways: WaysIn,
		hint: string,
	): Promise<JournalStep[]> {
		const { system, patience } = this.#agent;
		this.#readThere.forget();
		const steps: JournalStep[] = [];
		const files = plan.steps.flatMap((step) =>
			"entry" in step && !this.#names.has(step.path) ? [step.entry] : [],
		);
		patience.progress?.begin("copying", totalOf(files));
		for (const step of plan.steps) {
			await breathe(system, patience);
			steps.push(
				withBehind(this.#agent, await this.#stageStep(step, present, ways)),
			);
		}
		patience.progress?.begin("writing");
		await this.#finish(steps);
		await safePoint(system, patience); // the last one before somebody's writers have to wait
		await this.locks.take(steps, `Repeat the command when it is free. ${hint}`);
		// Databases that are written through SQLite first: they can fail, on a full disk, before anything else has moved.
		const isThrough = (step: JournalStep) =>
			step.do === "database" && step.how === "through";
		// Then those that somebody may make at this very moment, which stops the restore: nothing else has moved yet.
		const isArrival = (step: JournalStep) =>
			step.do === "database" &&
			!isThrough(step) &&
			!step.path.includes("/") &&
			!steps.some(
				({ path, ...other }) =>
					path === step.path && IN_THE_WAY.includes(other.do),
			);
		const rank = (step: JournalStep) =>
			isThrough(step) ? 0 : isArrival(step) ? 1 : 2;
		return steps.toSorted((a, b) => rank(a) - rank(b));
	}

	/** Plain files at last: many at once take one barrier. */
	async #finish(steps: readonly JournalStep[]): Promise<void> {
		const { system, store, patience } = this.#agent;
		const { disk } = system;
		const writes = steps.filter((step) => step.do === "write");
		const all = `${store.restoring}/new`;
		const finish = async (how: typeof finishFile) => {
			for (const { entry, staged } of writes) {
				await breathe(system, patience);
				how(this.#agent, entry, stagedPath(store, staged));
			}
		};
		if (writes.length >= MANY_FILES) {
			await finish(dressFile);
			if (disk.syncAll(all)) return;
			for (const { staged } of writes)
				disk.setMode(stagedPath(store, staged), 0o600);
		}
		await finish(finishFile);
		syncDirectory(disk, all);
	}

	async #stageStep(
		step: Step,
		present: Captured,
		ways: WaysIn,
	): Promise<JournalStep> {
		switch (step.do) {
			case "make-directory":
			case "set-mode":
				return step;
			case "remove":
			case "set-aside":
				return { ...step, ...seenOf(present, step.path) };
			case "link": {
				const make = async (path: string) =>
					makeLink(this.#agent, step.target, path);
				const staged = (await this.#once(step.path, make)).name;
				return { ...step, staged, ...seenOf(present, step.path) };
			}
			case "write": {
				const make = (path: string) =>
					stageFile(this.#agent, this.#snapshot.id, step.entry, path);
				const staged = (await this.#once(step.path, make)).name;
				return { ...step, staged, ...seenOf(present, step.path) };
			}
			case "database":
				return this.#stageDatabase(step, present, ways);
		}
	}

	async #stageDatabase(
		step: Extract<Step, { do: "database" }>,
		present: Captured,
		ways: WaysIn,
	): Promise<JournalStep> {
		const { store, home, system } = this.#agent;
		const { id } = this.#snapshot;
		const how = ways.get(step.path) ?? "rename";
		const staged = await this.#once(step.path, (path) =>
			stageDatabase(this.#agent, id, step.entry, how, path),
		);
		const path = stagedPath(store, staged.name);
		const standsIn = isStandIn(system.disk, path, step.entry);
		if (standsIn && how === "rename")
			await stageAnew(this.#agent, id, step.entry, path);
		else if (standsIn) await this.#readThere.prove(step.entry, present);
		if (staged.isNew && !standsIn) {
			await refuseDamagedDatabase(this.#agent, step.entry, path);
			asOwnerLeftIt(this.#agent, step.entry, path);
			dressFile(this.#agent, step.entry, path);
		}
		// SQLite writes its own copy, and syncs that; a recovery stages anew what a power cut has taken.
		if (how === "rename") finishFile(this.#agent, step.entry, path);
		const signature =
			present.signatures.get(step.path) ??
			(linkAbove(system.disk, home, step.path) === undefined
				? databaseSignature(system.disk, `${home}/${step.path}`)
				: NOTHING);
		return { ...step, staged: staged.name, how, signature };
	}

	async #once(
		path: string,
		make: (staged: string) => Promise<void>,
	): Promise<{ name: string; isNew: boolean }> {
		const known = this.#names.get(path);
		if (known !== undefined) return { name: known, isNew: false };
		const name = String(this.#names.size).padStart(6, "0");
		await make(stagedPath(this.#agent.store, name));
		this.#names.set(path, name);
		return { name, isNew: true };
	}
}

/** Steps that have to be done before something can arrive. */
const IN_THE_WAY: readonly string[] = ["remove", "set-aside"];

function withBehind(agent: Agent, step: JournalStep): JournalStep {
	if (
		step.do === "make-directory" ||
		step.do === "set-mode" ||
		step.do === "set-aside"
	)
		return step;
	const behind = signatureBehind(agent, step.path);
	return behind === undefined ? step : { ...step, behind };
}

/** "-": there was nothing. */
function seenOf(
	{ scan, signatures }: Captured,
	path: string,
): { seen: string } {
	const known = signatures.get(path) ?? scan.missedSignatures.get(path);
	if (known !== undefined) return { seen: known };
	const found = scan.members.find((member) => member.path === path);
	return { seen: found?.stat.signature ?? "-" };
}
