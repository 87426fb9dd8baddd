import { SnapshotError } from "../errors.ts";
import type { Replacement } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { REPLACE_WAIT } from "./apply-database.ts";
import { type JournalStep, stagedPath } from "./journal.ts";
import { Occupancy } from "./occupancy.ts";

/** The write locks of the live databases that take their new content in through SQLite. */
export class LiveLocks {
	readonly #agent: Agent;
	readonly #locks = new Map<string, Replacement>();

	constructor(agent: Agent) {
		this.#agent = agent;
	}

	/** By path. */
	get held(): ReadonlySet<string> {
		return new Set(this.#locks.keys());
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
				this.#locks.set(step.path, await this.#lock(step.path, from, hint));
		}
	}

	/** Writes a locked database's new content. False: it is not locked. */
	async replace(path: string): Promise<boolean> {
		const lock = this.#locks.get(path);
		if (lock === undefined) return false;
		this.#locks.delete(path);
		await lock.commit();
		return true;
	}

	async release(paths: Iterable<string> = this.held): Promise<void> {
		for (const path of paths) {
			const lock = this.#locks.get(path);
			this.#locks.delete(path);
			await lock?.abort();
		}
	}

	/** SQLite only says that it could not have it. */
	async #lock(path: string, from: string, hint: string): Promise<Replacement> {
		const { system, home } = this.#agent;
		const live = `${home}/${path}`;
		try {
			return await system.sqlite.beginReplace(from, live, REPLACE_WAIT);
		} catch (error) {
			if (!(error instanceof SnapshotError) || error.code !== "busy-database")
				throw error;
			const who = new Occupancy(this.#agent, [path]).whoHolds(path);
			throw new SnapshotError(
				error.code,
				`${path} is in use by ${who} and was not free within ${REPLACE_WAIT / 1000} s. Nothing was changed.`,
				{ hint, cause: error },
			);
		}
	}
}
