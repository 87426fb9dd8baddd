import { SnapshotError } from "../errors.ts";
import type { Replacement } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { REPLACE_WAIT } from "./apply.ts";
import type { Captured } from "./capture.ts";
import { copyFile, syncDirectory } from "./durable.ts";
import { type JournalStep, stagedPath } from "./journal.ts";
import type { DatabaseEntry, FileEntry, Manifest } from "./manifest.ts";
import { refuseOtherDisk } from "./obstacles.ts";
import { Occupancy } from "./occupancy.ts";
import { checkPatience } from "./patience.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { Step } from "./restore-steps.ts";
import { databaseSignature } from "./scan.ts";

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

	/** @throws SnapshotError `busy-database` for a database that cannot go in while somebody has it open */
	async stage(plan: RestorePlan, present: Captured): Promise<JournalStep[]> {
		const { system, store, patience } = this.#agent;
		const paths = plan.steps.map(({ path }) => path);
		const occupancy = new Occupancy(this.#agent, paths);
		const steps: JournalStep[] = [];
		for (const step of plan.steps) {
			checkPatience(patience, system.clock.monotonic());
			refuseOtherDisk(this.#agent, step.path);
			steps.push(await this.#stageStep(step, present, occupancy));
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
		const { system, store, home } = this.#agent;
		const from = stagedPath(store, step.staged);
		this.#locks.set(
			step.path,
			await system.sqlite.beginReplace(
				from,
				`${home}/${step.path}`,
				REPLACE_WAIT,
			),
		);
	}

	async #stageStep(
		step: Step,
		present: Captured,
		occupancy: Occupancy,
	): Promise<JournalStep> {
		const { system, home, store } = this.#agent;
		const inode = () => system.disk.stat(`${home}/${step.path}`)?.inode ?? "";
		switch (step.do) {
			case "make-directory":
			case "set-mode":
				return step;
			case "remove":
				if (step.was.kind === "database")
					occupancy.refuseHeld(step.path, "It has to be removed");
				return { ...step, inode: inode() };
			case "set-aside":
				occupancy.refuseHeld(step.path, "It is damaged or cannot be read");
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
				return this.#stageDatabase(step, present, occupancy);
		}
	}

	async #stageDatabase(
		step: Extract<Step, { do: "database" }>,
		present: Captured,
		occupancy: Occupancy,
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
		const how = this.#wayIn(step.path, path, occupancy, present);
		const signature =
			present.signatures.get(step.path) ??
			databaseSignature(system.disk, `${home}/${step.path}`);
		return { ...step, staged: staged.name, how, signature };
	}

	/** What could not be captured is moved aside first, so that its place is free. */
	#wayIn(
		path: string,
		staged: string,
		occupancy: Occupancy,
		{ missed }: Captured,
	): "rename" | "through" {
		if (missed.some((one) => one.path === path)) return "rename";
		if (this.#locks.has(path)) return "through";
		return occupancy.wayIn(path, staged);
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

function stageFile(
	{ system, store, patience }: Agent,
	{ id }: Manifest,
	entry: FileEntry,
	to: string,
): void {
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const { sha256 } = copyFile(
		system.disk,
		`${store.directory}/${id}/${entry.path}`,
		to,
		pause,
	);
	if (sha256 === entry.sha256) return;
	throw new SnapshotError(
		"damaged",
		`Snapshot ${id} changed while it was read: ${entry.path}. Nothing was changed.`,
	);
}

/** In the journal mode that its owner left it in: some set it once and rely on it. */
async function settleDatabase(
	{ system: { sqlite } }: Agent,
	entry: DatabaseEntry,
	path: string,
): Promise<void> {
	sqlite.makePlain(path);
	const found = entry.checked ? undefined : await sqlite.check(path, 60_000);
	if (found?.verdict === "damaged") {
		const message = `${entry.path} in this snapshot is a damaged database: ${found.details}. Nothing was changed.`;
		throw new SnapshotError("damaged", message, {
			hint: "Take another one: see `list`.",
		});
	}
	if (entry.journalMode === "wal") sqlite.setJournalMode(path, "wal");
}

function finishFile(
	{ system: { disk, processes }, home }: Agent,
	{ mode, mtime }: FileEntry,
	staged: string,
): void {
	const owner = disk.stat(home);
	if (owner !== undefined && processes.canSetOwner)
		disk.setOwner(staged, owner.uid, owner.gid);
	const file = disk.open(staged, "read");
	try {
		if (mode !== undefined) disk.setMode(staged, mode);
		if (mtime !== undefined) disk.setTime(staged, mtime);
		disk.sync(file);
	} finally {
		disk.close(file);
	}
}

/** "-": there was nothing. */
function seenOf({ scan }: Captured, path: string): { seen: string } {
	const found = scan.members.find((member) => member.path === path);
	return { seen: found?.stat.signature ?? "-" };
}
