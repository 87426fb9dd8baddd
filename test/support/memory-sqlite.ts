import { SnapshotError } from "../../src/errors.ts";
import type { FileSystem } from "../../src/system/disk.ts";
import type {
	Comparing,
	DatabaseSchema,
	Sqlite,
	StoredPiece,
} from "../../src/system/system.ts";
import { tagOf } from "../../src/tag.ts";
import type { BeforeChange, Volumes } from "./memory-files.ts";

const MAGIC = "SQLite format 3\0";

/** What other processes do with the databases, by absolute path. */
export interface Elsewhere {
	/** Locked for as long as anybody waits. */
	readonly locked: Set<string>;
	/** Held open by a connection. */
	readonly open: Set<string>;
}

/** A file that the product takes for a database: SQLite's header, and some text for its rows. */
export function databaseFile(
	rows: string,
	mode: "wal" | "delete" = "delete",
): Buffer {
	const header = Buffer.alloc(100);
	header.write(MAGIC, "latin1");
	header.writeUInt16BE(4096, 16);
	header.fill(mode === "wal" ? 2 : 1, 18, 20);
	return Buffer.concat([header, Buffer.from(rows)]);
}

function schemaOfRows(rows: string): DatabaseSchema {
	const [, version = "0"] = /^version (\d+)/.exec(rows) ?? [];
	return {
		userVersion: Number(version),
		encoding: "UTF-8",
		tables: new Map(),
	};
}

/** What a connection would read: a log that is left beside a database takes the place of its rows. */
export function rowsOf(volume: Volumes, path: string): string {
	const log = `${path}-wal`;
	const logged = volume.existsSync(log) ? String(volume.readFileSync(log)) : "";
	if (logged !== "") return logged;
	return Buffer.from(volume.readFileSync(path) as Uint8Array)
		.subarray(100)
		.toString();
}

/**
 * SQLite on a disk in memory. Rows that begin with "MALFORMED" cannot be read, and a copy of rows that
 * begin with "DAMAGED" does not pass the check; rows that begin with "version 12" say what their `user_version` is.
 * A commit happens at once or not at all.
 */
export function memorySqlite(
	volume: Volumes,
	files: FileSystem,
	before: BeforeChange,
	elsewhere: Elsewhere,
): Sqlite {
	const locks = new Set<string>();
	const shared = new Map<string, number>();
	const writing = new Set<string>();
	let commits = 0;
	const bytesAt = (path: string) =>
		Buffer.from(volume.readFileSync(path) as Uint8Array);
	const modeAt = (path: string) =>
		bytesAt(path)[18] === 2 ? ("wal" as const) : ("delete" as const);
	const sidecarsGone = (path: string) => {
		for (const suffix of ["-wal", "-shm", "-journal"])
			if (volume.existsSync(path + suffix)) files.unlinkSync(path + suffix);
	};
	const inPlace = (path: string, bytes: Uint8Array) => {
		before(`commit ${path}`, () => {});
		volume.writeFileSync(path, bytes);
		// Never twice the same time stamp, however fast: on a real disk it counts nanoseconds.
		const seconds = 1_795_000_000 + ++commits;
		volume.utimesSync(path, seconds, seconds);
	};
	const setMode = (path: string, mode: string) => {
		const settled = databaseFile(
			rowsOf(volume, path),
			mode === "wal" ? "wal" : "delete",
		);
		if (!settled.equals(bytesAt(path))) inPlace(path, settled);
		sidecarsGone(path);
	};

	/** As the last connection that closes does, and tells nobody when it cannot. */
	const takeLogIn = (path: string, rows: string) => {
		try {
			inPlace(path, databaseFile(rows, "wal"));
			sidecarsGone(path);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	};

	return {
		version: "3.99.0",
		async pin(path) {
			const journalMode = modeAt(path);
			if (
				elsewhere.locked.has(path) ||
				(writing.has(path) && journalMode !== "wal")
			)
				throw sqliteError("SQLITE_BUSY", "database is locked");
			const rows = rowsOf(volume, path);
			if (rows.startsWith("MALFORMED"))
				throw sqliteError("SQLITE_CORRUPT", "disk image is malformed");
			const pinned = databaseFile(rows, journalMode);
			return {
				journalMode,
				size: pinned.length,
				pageSize: 4096,
				raw: {
					read: (offset, into) =>
						pinned.copy(into, 0, offset, offset + into.length),
					confirm() {},
					mark: "-",
					since: () => undefined,
					comparing: (pieces, key) => comparingIn(pinned, pieces, key),
				},
				hasRows: (tables) => tables.some((table) => rows.includes(`${table}(`)),
				schema: () => schemaOfRows(rows),
				countRows: (wanted) => wanted.map(() => undefined),
				async copyTo(to, { signal }) {
					signal.throwIfAborted();
					const { O_WRONLY, O_CREAT, O_TRUNC } = files.constants;
					const file = files.openSync(to, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
					files.writeSync(file, pinned, 0, pinned.length, null);
					files.closeSync(file);
				},
				release() {},
			};
		},
		columnsOf: (statements) => statements.map(() => undefined),
		makePlain: (path) => setMode(path, "delete"),
		clear(path, tables) {
			const rows = rowsOf(volume, path);
			// "leases(seven)" are the rows of a table called leases. As with SQLite, the file stays as long as it was.
			const left = tables.reduce(
				(text, table) =>
					text.replace(
						new RegExp(`(?<=\\b${table}\\()[^)]*(?=\\))`),
						(inside) => " ".repeat(inside.length),
					),
				rows,
			);
			if (left !== rows) inPlace(path, databaseFile(left, modeAt(path)));
		},
		setJournalMode: setMode,
		async check(path) {
			return rowsOf(volume, path).startsWith("DAMAGED")
				? { verdict: "damaged", details: "row 7 missing from index" }
				: { verdict: "ok" };
		},
		async examine(path) {
			const isDamaged = rowsOf(volume, path).startsWith("DAMAGED");
			const what = "row 7 missing from index";
			return {
				isFinished: true,
				found: isDamaged ? [{ kind: "damage", what }] : [],
			};
		},
		schema(path) {
			return schemaOfRows(rowsOf(volume, path));
		},
		fill(path) {
			const rows = rowsOf(volume, path) === "" ? 0 : 2;
			const tables = new Map([["rows", { rows, columns: new Map() }]]);
			return { tables, searches: new Map(), references: new Map() };
		},
		holdings: () => ({ userVersion: 0, tables: [] }),
		tidy(path) {
			const hasLog = volume.existsSync(`${path}-wal`);
			if (hasLog && !elsewhere.open.has(path))
				takeLogIn(path, rowsOf(volume, path));
		},
		isFree: (path) => !elsewhere.open.has(path) && !elsewhere.locked.has(path),
		reserve: (path) =>
			elsewhere.locked.has(path) || writing.has(path) ? undefined : () => {},
		async beginReplace({ files, whole }, live) {
			const [only] = files;
			const from = files.length === 1 && only ? only : await whole();
			if (elsewhere.locked.has(live) || writing.has(live))
				throw new SnapshotError("busy-database", `${live} was not free.`);
			if (rowsOf(volume, live).startsWith("MALFORMED"))
				throw sqliteError("SQLITE_CORRUPT", "disk image is malformed");
			writing.add(live);
			const rows = Buffer.from(rowsOf(volume, from));
			const wanted = modeAt(from);
			return {
				async commit() {
					writing.delete(live);
					const hasLog = volume.existsSync(`${live}-wal`);
					const mode = hasLog ? "wal" : modeAt(live);
					if (mode === "delete") {
						inPlace(live, databaseFile(rows.toString(), wanted));
						return false;
					}
					inPlace(`${live}-wal`, rows);
					if (!elsewhere.open.has(live)) takeLogIn(live, rows.toString());
					return false;
				},
				async abort() {
					writing.delete(live);
				},
			};
		},
		beginTransfer: () =>
			Promise.reject(new Error("there are no rows on a disk in memory")),
		tryLock(path, isShared = false) {
			const sharers = shared.get(path) ?? 0;
			if (locks.has(path) || elsewhere.locked.has(path)) return undefined;
			if (sharers > 0 && !isShared) return undefined;
			if (isShared) {
				bytesAt(path);
				shared.set(path, sharers + 1);
				return () => void shared.set(path, (shared.get(path) ?? 0) - 1);
			}
			if (!volume.existsSync(path)) {
				before(`create ${path}`, () => {});
				volume.writeFileSync(path, "", { mode: 0o600 });
			}
			locks.add(path);
			return () => {
				locks.delete(path);
			};
		},
	};
}

function sqliteError(code: string, message: string): Error {
	return Object.assign(new Error(message), { code });
}

/** The caller was quicker with the first half. */
function comparingIn(
	content: Buffer,
	pieces: readonly StoredPiece[],
	key: Uint8Array,
): Comparing {
	const half = new Map(
		pieces.slice(pieces.length >> 1).map((piece) => [piece.offset, piece]),
	);
	return {
		isSame(offset) {
			const piece = half.get(offset);
			if (piece === undefined) return false;
			const bytes = content.subarray(offset, offset + piece.length);
			return tagOf(key, bytes) === piece.tag;
		},
		end() {},
	};
}
