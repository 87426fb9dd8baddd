import { SnapshotError } from "../errors.ts";
import type { Replacement } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { REPLACE_WAIT } from "./apply-database.ts";
import type { Captured } from "./capture.ts";
import { syncDirectory } from "./durable.ts";
import { type JournalStep, stagedPath } from "./journal.ts";
import type { Manifest } from "./manifest.ts";
import { Occupancy } from "./occupancy.ts";
import { checkPatience } from "./patience.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { Step } from "./restore-steps.ts";
import { databaseSignature } from "./scan.ts";
import { finishFile, settleDatabase, stageFile } from "./staged-file.ts";
import type { WaysIn } from "./ways-in.ts";

/**
 * The new files of one restore, whole and durable beside the store, and the write locks of the databases that
 * will take them in through SQLite. Nothing in the home is changed. Each path is staged once, however often asked.
 */
export class Staging {
	readonly #agent: Agent;
	readonly #snapshot: Manifest;
	readonly #names = new Map<string, string>();
	readonly #locks = new Map<string, Replacement>();

	constructor(agent: Agent, snapshot: Manifest) {
		this.#agent = agent;
		this.#snapshot = snapshot;
		agent.system.disk.makeDirectory(`${agent.store.restoring}/new`, 0o700);
	}

	get isEmpty(): boolean {
		return this.#names.size === 0;
	}

	/** The databases whose write lock is held, by path. */
	get locked(): ReadonlySet<string> {
		return new Set(this.#locks.keys());
	}

	async stage(
		plan: RestorePlan,
		present: Captured,
		ways: WaysIn,
	): Promise<JournalStep[]> {
		const { system, store, patience } = this.#agent;
		const steps: JournalStep[] = [];
		for (const step of plan.steps) {
			checkPatience(patience, system.clock.monotonic());
			steps.push(await this.#stageStep(step, present, ways));
		}
		syncDirectory(system.disk, `${store.restoring}/new`);
		for (const step of steps) await this.#lock(step);
		// Databases that are written through SQLite first: they can fail, on a full disk, before anything else has moved.
		const isThrough = (step: JournalStep) =>
			step.do === "database" && step.how === "through";
		return [
			...steps.filter(isThrough),
			...steps.filter((step) => !isThrough(step)),
		];
	}

	/** Writes a locked database's new content. False: it is not locked. */
	async replace(path: string): Promise<boolean> {
		const lock = this.#locks.get(path);
		if (lock === undefined) return false;
		this.#locks.delete(path);
		await lock.commit();
		return true;
	}

	/** A database without a write-ahead log cannot be read while it is locked for writing. */
	async unlockUnreadable(present: Captured): Promise<void> {
		for (const entry of present.entries) {
			if (entry.kind === "database" && entry.journalMode !== "wal")
				await this.#unlock(entry.path);
		}
	}

	async unlock(): Promise<void> {
		for (const path of this.locked) await this.#unlock(path);
	}

	async #unlock(path: string): Promise<void> {
		const lock = this.#locks.get(path);
		this.#locks.delete(path);
		await lock?.abort();
	}

	async #lock(step: JournalStep): Promise<void> {
		if (
			step.do !== "database" ||
			step.how !== "through" ||
			this.#locks.has(step.path)
		)
			return;
		const { store } = this.#agent;
		const from = stagedPath(store, step.staged);
		this.#locks.set(step.path, await lockLive(this.#agent, step.path, from));
	}

	async #stageStep(
		step: Step,
		present: Captured,
		ways: WaysIn,
	): Promise<JournalStep> {
		const { system, home, store } = this.#agent;
		const inode = () => system.disk.stat(`${home}/${step.path}`)?.inode ?? "";
		switch (step.do) {
			case "make-directory":
			case "set-mode":
				return step;
			case "remove":
			case "set-aside":
				return { ...step, inode: inode() };
			case "link": {
				const make = (path: string) => system.disk.link(step.target, path);
				return { ...step, staged: this.#once(step.path, make).name };
			}
			case "write": {
				const staged = this.#once(step.path, (path) =>
					stageFile(this.#agent, this.#snapshot, step.entry, path),
				);
				finishFile(this.#agent, step.entry, stagedPath(store, staged.name));
				return { ...step, staged: staged.name, ...seenOf(present, step.path) };
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
		const staged = this.#once(step.path, (path) =>
			stageFile(this.#agent, this.#snapshot, step.entry, path),
		);
		const path = stagedPath(store, staged.name);
		if (staged.isNew) {
			await settleDatabase(this.#agent, step.entry, path);
			finishFile(this.#agent, step.entry, path);
		}
		const how = ways.get(step.path) ?? "rename";
		const signature =
			present.signatures.get(step.path) ??
			databaseSignature(system.disk, `${home}/${step.path}`);
		return { ...step, staged: staged.name, how, signature };
	}

	#once(
		path: string,
		make: (staged: string) => void,
	): { name: string; isNew: boolean } {
		const known = this.#names.get(path);
		if (known !== undefined) return { name: known, isNew: false };
		const name = String(this.#names.size).padStart(6, "0");
		make(stagedPath(this.#agent.store, name));
		this.#names.set(path, name);
		return { name, isNew: true };
	}
}

/** "-": there was nothing. */
function seenOf({ scan }: Captured, path: string): { seen: string } {
	const found = scan.members.find((member) => member.path === path);
	return { seen: found?.stat.signature ?? "-" };
}

/** SQLite only says that it could not have it. */
async function lockLive(
	agent: Agent,
	path: string,
	from: string,
): Promise<Replacement> {
	const { system, home } = agent;
	try {
		return await system.sqlite.beginReplace(
			from,
			`${home}/${path}`,
			REPLACE_WAIT,
		);
	} catch (error) {
		if (!(error instanceof SnapshotError) || error.code !== "busy-database")
			throw error;
		const who = new Occupancy(agent, [path]).whoHolds(path);
		throw new SnapshotError(
			error.code,
			`${path} is in use by ${who} and was not free within ${REPLACE_WAIT / 1000} s. Nothing was changed.`,
			{ hint: "Restore again when it is free.", cause: error },
		);
	}
}
