import fs from "node:fs";
import type BetterSqlite3 from "better-sqlite3";

/** Which file it is, whatever its name. */
export interface Identity {
	readonly dev: bigint;
	readonly ino: bigint;
}

/** A descriptor of a file that SQLite may have locked. Only `RawFiles` may close it. */
export interface RawFile extends Identity {
	readonly descriptor: number;
}

type Use = "read" | "write";

interface Kept extends RawFile {
	users: number;
}

/**
 * The files that this process reads beside SQLite. When a process closes any descriptor of a file, it loses all its locks on
 * that file, also those that SQLite took through another one (sqlite.org/howtocorrupt.html, 2.2), and also under another name
 * of a hard link. So a descriptor that nobody needs any more stays open until no connection of this process is.
 */
export class RawFiles {
	readonly #connections = new Set<BetterSqlite3.Database>();
	readonly #files = new Map<string, Kept>();

	/** Every connection of this process has to be known here, whatever it is for. */
	watch(database: BetterSqlite3.Database): BetterSqlite3.Database {
		const { close } = database;
		this.#connections.add(database);
		database.close = () => {
			close.call(database);
			this.#connections.delete(database);
			this.#closeUnused();
			return database;
		};
		return database;
	}

	/** Opens a file, or takes the descriptor that there is. To be given back. */
	take(path: string, use: Use = "read"): RawFile {
		const known = this.#files.get(
			keyOf(fs.statSync(path, { bigint: true }), use),
		);
		const file = known ?? this.#open(path, use);
		file.users++;
		return file;
	}

	giveBack(files: readonly RawFile[]): void {
		for (const file of this.#files.values())
			if (files.includes(file)) file.users--;
		this.#closeUnused();
	}

	#open(path: string, use: Use): Kept {
		const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
		const access = use === "read" ? O_RDONLY : O_RDWR;
		// What is opened here cannot be closed at once: neither a link nor a FIFO in the place of the file may hold us up.
		const descriptor = fs.openSync(path, access | O_NOFOLLOW | O_NONBLOCK);
		const { dev, ino } = fs.fstatSync(descriptor, { bigint: true });
		const file = { descriptor, dev, ino, users: 0 };
		const key = keyOf(file, use);
		// It was moved to this name since we looked: two descriptors of one file do no harm, as long as both stay open.
		this.#files.set(this.#files.has(key) ? `${key} ${descriptor}` : key, file);
		return file;
	}

	#closeUnused(): void {
		if (this.#connections.size > 0) return;
		for (const [key, { descriptor, users }] of this.#files) {
			if (users > 0) continue;
			this.#files.delete(key);
			fs.closeSync(descriptor);
		}
	}
}

/** Locks belong to the process, so there is one for all of it. */
export const rawFiles = new RawFiles();

function keyOf({ dev, ino }: Identity, use: Use): string {
	return `${dev}:${ino} ${use}`;
}
