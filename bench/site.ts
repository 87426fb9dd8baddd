import fs from "node:fs";
import path from "node:path";
import { Agent } from "./agent.ts";
import { putTogether, whyNotTheSame } from "./check.ts";
import type { Contestant, ContestantName } from "./contestants.ts";
import { makeHome } from "./home.ts";
import { folderOf, type Place } from "./place.ts";
import { type Command, mustRun, type Ran, runMeasured, settle } from "./run.ts";
import { bytesOnDisk, type Scratch } from "./scratch.ts";

/** One home, the agent that lives in it, and a store for each contestant: all see the very same state. */
export class Site {
	readonly home: string;
	readonly scratch: Scratch;
	readonly #stores = new Map<ContestantName, string>();
	#agent: Agent | undefined;
	#starts = 0;

	constructor(scratch: Scratch, databaseBytes: number, files: number) {
		this.scratch = scratch;
		this.home = scratch.folder("home");
		makeHome(this.home, databaseBytes, files);
	}

	/** Starts the agent if it is not there: a process that has the database open. */
	async agent(): Promise<Agent> {
		this.#starts += 1;
		this.#agent ??= await Agent.start(this.home, this.#starts);
		return this.#agent;
	}

	/** Nobody holds the database any more, and it has no log. */
	async stopAgent(): Promise<void> {
		await this.#agent?.stop();
		this.#agent = undefined;
	}

	/** Each begins with nothing, in a folder that was never used. */
	newStores(contestants: readonly Contestant[]): void {
		for (const one of contestants) {
			this.discardStore(one);
			this.#stores.set(one.name, this.scratch.folder(`store-${one.name}`));
			const prepare = one.prepare?.(this.place(one));
			if (prepare !== undefined) mustRun(prepare.words, prepare);
		}
	}

	/** Takes another folder for its store, such as a copy of one. */
	useStore({ name }: Contestant, store: string): void {
		this.#stores.set(name, store);
	}

	discardStore({ name }: Contestant): void {
		const store = this.#stores.get(name);
		if (store !== undefined) this.scratch.discard(store);
		this.#stores.delete(name);
	}

	place({ name }: Contestant): Place {
		const store = this.#stores.get(name);
		if (store === undefined) throw new Error(`${name} has no store`);
		return { home: this.home, store, env: this.scratch.env };
	}

	create(one: Contestant, label: string): Promise<Ran> {
		return this.run(one, (place) => one.create(place, label));
	}

	/** Runs one command with all of the former ones' writing done, and its store where it expects it. */
	async run(
		one: Contestant,
		commandIn: (place: Place) => Command,
	): Promise<Ran> {
		const place = this.place(one);
		const command = commandIn(place);
		settle(this.scratch.directory);
		return this.withStore(one, () => runMeasured(command));
	}

	/** A store that belongs in the home is moved there and back: two of them would prune each other's snapshots. */
	async withStore<Result>(
		one: Contestant,
		action: () => Promise<Result>,
	): Promise<Result> {
		const inside = path.join(this.home, "state-snapshots");
		const { store } = this.place(one);
		if (one.keepsInHome) fs.renameSync(store, inside);
		try {
			return await action();
		} finally {
			if (one.keepsInHome) fs.renameSync(inside, store);
		}
	}

	/** What its store takes on disk. */
	bytesOf(one: Contestant): number {
		return bytesOnDisk([this.place(one).store]);
	}

	/** Takes away the newest snapshot of one that keeps each as a folder: twenty whole copies would fill the disk. */
	discardNewest(one: Contestant): void {
		this.scratch.discard(folderOf(this.place(one)));
	}

	/** Each contestant once a measure: see `check`. */
	checkAll(contestants: readonly Contestant[]): void {
		for (const one of contestants) this.check(one);
	}

	/** @throws when the newest snapshot is not the home as it is now, or cannot be had back */
	check(one: Contestant): void {
		const place = this.place(one);
		const into = this.scratch.folder("check");
		const takeOut = one.takeOut?.(place, into);
		if (takeOut !== undefined) mustRun(takeOut.words, takeOut);
		else mustRun(["cp", "-aT", folderOf(place), into]);
		putTogether(into);
		this.compare(one, this.home, into);
		this.scratch.discard(into);
	}

	compare(one: Contestant, expected: string, found: string): void {
		const why = whyNotTheSame(expected, found);
		if (why !== undefined)
			throw new Error(`The result of ${one.title} is wrong: ${why}`);
	}

	async remove(): Promise<void> {
		await this.stopAgent();
		for (const store of this.#stores.values()) this.scratch.discard(store);
		this.#stores.clear();
		this.scratch.discard(this.home);
		await this.scratch.tidy(0);
	}
}
