import { create, restore } from "./commands.ts";
import { dyingAt } from "./dying.ts";
import type { Machine } from "./memory-system.ts";
import { HOME, plainMachine, put, putDatabase } from "./plain-agent.ts";
import { storeAt } from "./store-folders.ts";

/** A home with a snapshot, changed since in one way: restoring "1" has something to do. */
export interface Scene {
	readonly name: string;
	/** What the snapshot has besides. */
	readonly before?: (on: Machine) => void;
	readonly change: (on: Machine) => void;
	/** What is moved aside is not in the undo snapshot: nobody could read it. */
	readonly undoable?: false;
}

export const changedInEveryWay: Scene = {
	name: "everything at once",
	change: changeEverything,
};

const PART = "a".repeat(256 * 1024);

export const scenes: readonly Scene[] = [
	{
		name: "a database that is kept in parts",
		before(on) {
			put(on, "state-snapshots/config.json", '{"partsFromBytes": 65536}');
			putDatabase(on, "state.db", `${PART}ten`, "wal");
		},
		change: (on) => putDatabase(on, "state.db", `${PART}eleven`, "wal"),
	},
	{ name: "a file", change: (on) => put(on, "config.yaml", "model: two") },
	{
		name: "a mode and a time",
		change: (on) => put(on, "config.yaml", "model: one\n", 0o644),
	},
	{
		name: "a database, its log left behind",
		change(on) {
			putDatabase(on, "state.db", "eleven messages", "wal");
			put(on, "state.db-wal", "twelve messages");
			put(on, "state.db-shm", "index");
		},
	},
	{
		name: "a database that is held open",
		change(on) {
			putDatabase(on, "state.db", "eleven messages", "wal");
			on.volume.chmodSync(`${HOME}/state.db`, 0o644);
			on.elsewhere.open.add(`${HOME}/state.db`);
		},
	},
	{
		name: "a ruined database, to be moved aside",
		undoable: false,
		change(on) {
			put(on, "state.db", Buffer.alloc(300));
			put(on, "state.db-wal", "who knows");
		},
	},
	{
		name: "a damaged database with a sound header, to be moved aside",
		undoable: false,
		change(on) {
			putDatabase(on, "state.db", "MALFORMED");
			put(on, "state.db-journal", "half a commit");
		},
	},
	{
		name: "a directory where a file was, and a file where a directory was",
		change(on) {
			on.volume.unlinkSync(`${HOME}/config.yaml`);
			put(on, "config.yaml/inner.txt", "x");
			on.volume.rmSync(`${HOME}/letters`, { recursive: true });
			put(on, "letters", "a file");
		},
	},
	{
		name: "a database and a directory that are links now",
		change(on) {
			on.volume.mkdirSync("/big");
			for (const name of ["state.db", "letters"]) {
				on.volume.renameSync(`${HOME}/${name}`, `/big/${name}`);
				on.volume.symlinkSync(`/big/${name}`, `${HOME}/${name}`);
			}
			on.volume.writeFileSync("/big/letters/eve.db", "rows");
		},
	},
	{
		name: "a closed directory",
		change(on) {
			put(on, "letters/ada.txt", "changed");
			on.volume.chmodSync(`${HOME}/letters`, 0o500);
		},
	},
	{
		name: "an encrypted database and its log",
		before(on) {
			put(on, "letters/vault.db", "encrypted pages");
			put(on, "letters/vault.db-wal", "encrypted commits");
			put(on, "letters/other.db", "encrypted other pages");
			put(on, "letters/other.db-wal", "encrypted log that stays");
		},
		change(on) {
			put(on, "letters/vault.db", "encrypted pages, checkpointed");
			put(on, "letters/vault.db-wal", "encrypted new commits");
			put(on, "letters/vault.db-shm", "index");
			put(on, "letters/other.db", "encrypted other pages, changed");
			put(on, "letters/new.db", "encrypted pages of a new one");
			put(on, "letters/new.db-wal", "and its commits");
		},
	},
	{
		name: "an encrypted database that was made anew in the clear",
		before(on) {
			put(on, "letters/vault.db", "encrypted pages");
			put(on, "letters/vault.db-wal", "encrypted commits");
		},
		change(on) {
			putDatabase(on, "letters/vault.db", "clear", "wal");
			put(on, "letters/vault.db-wal", "clear, and more");
		},
	},
	changedInEveryWay,
];

function changeEverything(on: Machine): void {
	putDatabase(on, "state.db", "eleven messages");
	putDatabase(on, "letters/came-since.db", "rows");
	put(on, "letters/came-since.db-wal", "more rows");
	put(on, "config.yaml", "model: two", 0o644);
	put(on, "token.json", "");
	on.volume.unlinkSync(`${HOME}/letters/ada.txt`);
	on.volume.symlinkSync("/etc/passwd", `${HOME}/letters/ada.txt`);
	put(on, "letters/new/eve.txt", "Dear Eve");
	put(on, "boards/one/board.json", "{}");
	put(on, "boards/one/workspaces/w.txt", "never captured");
}

/** With one snapshot, and the change made. */
export async function changed({ before, change }: Scene): Promise<Machine> {
	const on = plainMachine();
	before?.(on);
	await create(on);
	change(on);
	return on;
}

/** With the restore done as well: undo has something to do. */
export async function restored(scene: Scene): Promise<Machine> {
	const on = await changed(scene);
	await restore(on, "1");
	return on;
}

/** The machine as it is left by what died just before its first call of this kind. */
export async function diedBefore(
	call: RegExp,
	on: Machine,
	work: (on: Machine) => Promise<unknown>,
): Promise<Machine> {
	const ending = await dyingAt(1, on, async (dying) => {
		const { before: die } = dying;
		dying.before = (now, tear) => {
			if (call.test(now)) die(now, tear);
		};
		await work(dying);
	});
	if (ending === undefined) throw new Error("it was done too early");
	return ending.on;
}

/** The machine as a restore leaves it that died a few changes behind its commit point. */
export async function diedHalfWay(
	on: Machine,
	work: (on: Machine) => Promise<unknown>,
	last = 4,
): Promise<Machine> {
	const ending = await dyingAt(last, on, async (dying) => {
		const { before: count } = dying;
		dying.before = (call, tear) => {
			const committed = dying.volume.existsSync(storeAt.journal);
			if (committed && !call.startsWith("sync")) count(call, tear);
		};
		await work(dying);
	});
	if (ending === undefined) throw new Error("it was done too early");
	return ending.on;
}
