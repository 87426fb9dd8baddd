import { errorCode, SnapshotError } from "../../errors.ts";
import type { IsKnown, Replacement } from "../../system/system.ts";
import { REPLACE_WAIT } from "../apply/apply-database.ts";
import { type JournalStep, stagedPath } from "../apply/journal.ts";
import type { Agent } from "../home/agent.ts";
import { checkPatience } from "../patience.ts";
import { type Arrival, newContent } from "./new-content.ts";
import { Occupancy } from "./occupancy.ts";

export type Replaced = "not-locked" | "written" | "read-back";

/** The write locks of the live databases that take their new content in through SQLite. */
export class LiveLocks {
	readonly #agent: Agent;
	readonly #snapshot: string;
	readonly #locks = new Map<string, Replacement>();
	readonly #reserved = new Map<string, () => void>();

	/** @param snapshot the id of the one that is put back */
	constructor(agent: Agent, snapshot: string) {
		this.#agent = agent;
		this.#snapshot = snapshot;
	}

	/** By path; those that are only reserved, too. */
	get held(): ReadonlySet<string> {
		return new Set([...this.#locks.keys(), ...this.#reserved.keys()]);
	}

	/**
	 * Takes those that are needed and not yet held.
	 * @throws SnapshotError `busy-database`, naming who has it
	 */
	async take(steps: readonly JournalStep[], hint: string): Promise<void> {
		for (const step of steps) {
			if (step.do !== "database" || step.how !== "through") continue;
			const from = stagedPath(this.#agent.store, step.staged);
			// Moved in already: there is nothing to write.
			if (this.#agent.system.disk.stat(from) === undefined) continue;
			if (!this.#locks.has(step.path))
				this.#locks.set(step.path, await this.#lock(step, hint));
		}
	}

	/**
	 * Lets these be read again, and still nobody write to them: a database without a write-ahead log cannot be read
	 * while it is locked, and its agent would have written once more before it is locked again.
	 * @throws SnapshotError `busy-database`, naming who has it
	 */
	async reserve(paths: readonly string[], hint: string): Promise<void> {
		for (const path of paths) {
			if (!this.#locks.has(path)) continue;
			await this.release([path]);
			this.#reserved.set(path, await this.#reserve(path, hint));
		}
	}

	/** Writes a locked database's new content. @param isKnown see `Replacement` */
	async replace(path: string, isKnown?: IsKnown): Promise<Replaced> {
		const lock = this.#locks.get(path);
		if (lock === undefined) return "not-locked";
		this.#locks.delete(path);
		try {
			return (await lock.commit(isKnown)) ? "read-back" : "written";
		} catch (error) {
			throw errorCode(error) === "NOT_AS_PINNED" ? unlocked(path) : error;
		}
	}

	async release(paths: Iterable<string> = this.held): Promise<void> {
		for (const path of paths) {
			const lock = this.#locks.get(path);
			this.#locks.delete(path);
			await lock?.abort();
			this.#giveBack(path);
		}
	}

	#giveBack(path: string): void {
		const letWrite = this.#reserved.get(path);
		this.#reserved.delete(path);
		letWrite?.();
	}

	async #reserve(path: string, hint: string): Promise<() => void> {
		const { clock, sqlite } = this.#agent.system;
		const giveUp = clock.monotonic() + REPLACE_WAIT;
		for (;;) {
			const letWrite = sqlite.reserve(`${this.#agent.home}/${path}`);
			if (letWrite !== undefined) return letWrite;
			if (clock.monotonic() > giveUp) throw this.#busy(path, hint);
			checkPatience(this.#agent.patience, clock.monotonic());
			await clock.sleep(20);
		}
	}

	async #lock(step: Arrival, hint: string): Promise<Replacement> {
		const { path } = step;
		const { system, home, patience } = this.#agent;
		const live = `${home}/${path}`;
		const before = system.disk.stat(live);
		this.#giveBack(path); // at the last moment
		try {
			const lock = await system.sqlite.beginReplace(
				newContent(this.#agent, this.#snapshot, step),
				live,
				REPLACE_WAIT,
				patience,
			);
			const after = system.disk.stat(live);
			if (after?.kind === "file" && after.inode === before?.inode) return lock;
			await lock.abort();
			throw this.#exchanged(path);
		} catch (error) {
			if (!(error instanceof SnapshotError) || error.code !== "busy-database")
				throw error;
			throw this.#busy(path, hint, error);
		}
	}

	/** SQLite follows links: one that was put there meanwhile leads out of the home. */
	#exchanged(path: string): SnapshotError {
		return new SnapshotError(
			"failed",
			`${path} was exchanged while it was being locked. Nothing was changed.`,
			{ hint: "Look at what did that, then repeat the command." },
		);
	}

	/** SQLite only says that it could not have it. */
	#busy(path: string, hint: string, cause?: unknown): SnapshotError {
		const who = new Occupancy(this.#agent, [path]).whoHolds(path);
		return new SnapshotError(
			"busy-database",
			`${path} is in use by ${who} and was not free within ${REPLACE_WAIT / 1000} s. Nothing was changed.`,
			{ hint, cause },
		);
	}
}

/** Whoever writes past SQLite's locks cannot be waited for. */
function unlocked(path: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`A program that does not use SQLite has written to ${path} meanwhile. Nothing was changed.`,
		{ hint: "Look at what did that, then repeat the command." },
	);
}
