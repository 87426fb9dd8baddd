import { SnapshotError } from "../../errors.ts";
import type { Holder } from "../../system/system.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { databaseFiles, databasesBehind } from "../home/behind-links.ts";
import { databaseOfSidecar, ownerOfLog, SIDECARS } from "../home/paths.ts";
import { mayOpen } from "../reasons.ts";
import { linkAbove } from "./obstacles.ts";

/** Who has which of the agent's files open, asked once for all of them. */
export class Occupancy {
	readonly #agent: Agent;
	readonly #holders: ReadonlyMap<string, readonly Holder[]> | undefined;
	/** What a link there leads to. */
	readonly #behind: ReadonlyMap<string, readonly string[]>;

	constructor(agent: Agent, paths: readonly string[]) {
		this.#agent = agent;
		this.#behind = databasesBehind(agent, paths);
		this.#holders = agent.system.processes.holders(
			paths.flatMap((path) => this.#filesOf(path)),
		);
	}

	#filesOf(path: string): string[] {
		// A log is in use as long as its file is.
		const live = databaseFiles(
			`${this.#agent.home}/${ownerOfLog(path) ?? path}`,
		);
		return [...live, ...(this.#behind.get(path) ?? [])];
	}

	/** Undefined where the system does not tell. */
	holdersOf(path: string): Holder[] | undefined {
		if (this.#holders === undefined) return undefined;
		const found = this.#filesOf(path).flatMap(
			(one) => this.#holders?.get(one) ?? [],
		);
		return [...new Map(found.map((holder) => [holder.pid, holder])).values()];
	}

	/** Where the system names no holder, the database's own locks are asked: other containers show only there. */
	isHeld(path: string): boolean {
		const { disk } = this.#agent.system;
		const live = `${this.#agent.home}/${ownerOfLog(path) ?? path}`;
		if ((this.holdersOf(path) ?? []).length > 0) return true;
		if (disk.stat(live)?.kind === "link") return this.isOpenBehind(path);
		return this.#isLocked(live);
	}

	/** As `isHeld`, for a file that is no database: SQLite would take a log in, which is a file of the home, too. */
	isHeldFile(path: string): boolean {
		const holders = this.holdersOf(path);
		return holders === undefined ? this.isHeld(path) : holders.length > 0;
	}

	#isLocked(live: string): boolean {
		const { disk, sqlite } = this.#agent.system;
		if (disk.stat(live)?.kind !== "file") return false;
		// SQLite would wait for ever for the other end of a FIFO: nothing can be asked beside one.
		const kinds = SIDECARS.map((suffix) => disk.stat(live + suffix)?.kind);
		if (kinds.some((kind) => (kind ?? "file") !== "file")) return false;
		// To ask them takes what asks for permission: a refusal would say nothing of who holds it.
		return mayOpen(disk, live) && !sqlite.isFree(live);
	}

	/** A link there, or above, leads to what somebody has open as a database. */
	isOpenBehind(path: string): boolean {
		return this.#openBehind(path) !== undefined;
	}

	/** Its locks are asked only where the system does not tell: SQLite would take a log in, which is no file of the home. */
	#openBehind(path: string): string | undefined {
		const behind = this.#behind.get(path) ?? [];
		return behind.find((file) =>
			this.#holders === undefined
				? databaseOfSidecar(file) === undefined && this.#isLocked(file)
				: (this.#holders.get(file) ?? []).length > 0,
		);
	}

	/**
	 * A sound database is written through SQLite, whether or not somebody has it open now: a file renamed over it would
	 * never be seen by one who opens it a moment before, and whose commits would go to the deleted one.
	 * @param staged the new file, or one of its page size
	 * @throws SnapshotError `busy-database` when it is held and SQLite cannot write to it
	 */
	wayIn(path: string, staged: string, hint: string): "rename" | "through" {
		const { disk } = this.#agent.system;
		const live = `${this.#agent.home}/${path}`;
		this.#refuseGone(path, hint);
		// A link above gives way to a directory first: what it leads to is not what is replaced.
		if (linkAbove(disk, this.#agent.home, path) !== undefined) return "rename";
		const found = disk.stat(live);
		if (found?.kind !== "file") return "rename";
		if (found.size === 0)
			return this.holdersOf(path)?.length === 0 ? "rename" : "through";
		const header = new DatabaseHeader(readBeginning(disk, live, 100));
		const wanted = new DatabaseHeader(readBeginning(disk, staged, 100));
		if (!header.isSqlite || header.pageSize !== wanted.pageSize) {
			this.refuseHeld(path, "It is damaged, or has another page size", hint);
			return "rename";
		}
		// Through SQLite its other names (`cp -al`) would get the new content, too, and one may be somebody's backup.
		if (found.links > 1 && !this.isHeld(path)) return "rename";
		if (disk.mayWrite(live)) return "through";
		this.refuseHeld(path, "It may not be written to", hint);
		return "rename";
	}

	/** Whatever we put there, they would go on writing into a file that nobody sees. */
	#refuseGone(path: string, hint: string): void {
		if (!this.holdersOf(path)?.some(({ isGone }) => isGone)) return;
		throw new SnapshotError(
			"busy-database",
			`${path} was deleted or replaced while ${this.whoHolds(path)} had it open, and what is written there is lost. Nothing was changed.`,
			{ hint },
		);
	}

	/** @throws SnapshotError `busy-database` when somebody has it open, as far as can be known */
	refuseHeld(path: string, why: string, hint: string): void {
		if (this.isHeld(path)) throw this.#held(path, why, hint);
	}

	/** As `refuseHeld`, for one that SQLite may not be asked about where the system tells: it would mend it. */
	refuseHeldDamaged(path: string, why: string, hint: string): void {
		const holders = this.holdersOf(path);
		if (holders === undefined) this.refuseHeld(path, why, hint);
		else if (holders.length > 0) throw this.#held(path, why, hint);
	}

	/** Whatever takes the link's place, they would go on writing to what it led to, where nobody looks any more. */
	refuseHeldBehind(path: string, hint: string): void {
		const file = this.#openBehind(path);
		if (file === undefined) return;
		throw new SnapshotError(
			"busy-database",
			`${path} leads through a link to ${file}, which ${this.whoHolds(path)} has open. It has to be closed before the link can give way. Nothing was changed.`,
			{ hint: this.#closeFirst(path, hint) },
		);
	}

	/** It need not be the agent that has it open. */
	#closeFirst(path: string, hint: string): string {
		return (this.holdersOf(path) ?? []).length === 0
			? hint
			: `If ${this.whoHolds(path)} is no part of ${this.#agent.host.title}, close the file there and repeat the command. Else: ${hint}`;
	}

	#held(path: string, why: string, hint: string): SnapshotError {
		return new SnapshotError(
			"busy-database",
			`${path} is open in ${this.whoHolds(path)}. ${why}, which needs it closed. Nothing was changed.`,
			{ hint },
		);
	}

	/** "hermes (process 7)", or "another process" where nobody can say which. */
	whoHolds(path: string): string {
		const names = (this.holdersOf(path) ?? []).map(
			({ pid, command }) => `${command} (process ${pid})`,
		);
		return names.join(", ") || "another process";
	}
}
