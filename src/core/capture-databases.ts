import { errorCode } from "../errors.ts";
import type {
	CheckResult,
	Patience,
	PinnedDatabase,
	System,
} from "../system/system.ts";
import type { CaptureRequest } from "./capture.ts";
import { hashDatabase } from "./copy.ts";
import { makeDirectories } from "./durable.ts";
import type { Entry, Missed } from "./manifest.ts";
import { parentOf, SIDECARS } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import { whyUnreadable } from "./reasons.ts";
import { databaseSignature, type Scan } from "./scan.ts";

/** How long a database is searched for damage, in milliseconds. */
const CHECK_BUDGET = 20_000;

/** A read transaction on every database, so that all of them stand still while they are copied. */
export interface Pins {
	readonly byPath: ReadonlyMap<string, PinnedDatabase>;
	readonly signatures: ReadonlyMap<string, string>;
	readonly missed: readonly Missed[];
	/**
	 * The transactions show one moment. A single database that was written to between the first beginning and the
	 * last does no harm: the others stood still, so that all of them show the moment of its own.
	 */
	readonly atOnce: boolean;
}

export async function pinAll(
	system: System,
	home: string,
	{ members }: Scan,
	patience: Patience,
): Promise<Pins> {
	const byPath = new Map<string, PinnedDatabase>();
	const missed: Missed[] = [];
	const databases = members.filter(({ kind }) => kind === "database");
	const look = () =>
		new Map(
			databases.map(({ path }) => [
				path,
				databaseSignature(system.disk, `${home}/${path}`),
			]),
		);
	const signatures = look();
	try {
		for (const { path } of databases) {
			try {
				refuseStrangeSidecars(system, `${home}/${path}`);
				byPath.set(path, await system.sqlite.pin(`${home}/${path}`, patience));
			} catch (error) {
				missed.push({ path, why: whyUnreadable(error), lost: true });
			}
			checkPatience(patience, system.clock.monotonic());
		}
	} catch (error) {
		for (const pin of byPath.values()) pin.release();
		throw error;
	}
	const after = look();
	const moved = databases.filter(
		({ path }) => signatures.get(path) !== after.get(path),
	);
	const atOnce = moved.length <= 1;
	return { byPath, signatures, missed, atOnce };
}

/** SQLite would wait for ever for the other end of a FIFO. */
function refuseStrangeSidecars({ disk }: System, database: string): void {
	for (const suffix of SIDECARS) {
		const kind = disk.stat(`${database}${suffix}`)?.kind ?? "file";
		if (kind !== "file") throw new Error(`its ${suffix} is no regular file`);
	}
}

/**
 * Smallest first, and each released as soon as it is copied: a database without a write-ahead log
 * cannot be written to while it is read.
 */
export async function takeDatabases(
	system: System,
	{ into }: CaptureRequest,
	{ members }: Scan,
	pins: Pins,
	missed: Missed[],
	patience: Patience,
): Promise<Entry[]> {
	const entries: Entry[] = [];
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const waiting = members.filter(({ path }) => pins.byPath.has(path));
	const walLast = (path: string) =>
		pins.byPath.get(path)?.journalMode === "wal" ? 1 : 0;
	waiting.sort(
		(a, b) => walLast(a.path) - walLast(b.path) || a.stat.size - b.stat.size,
	);

	for (const { path, stat } of waiting) {
		const pin = pins.byPath.get(path);
		if (pin === undefined) continue;
		const to = `${into}/${path}`;
		makeDirectories(system.disk, into, parentOf(to) ?? into);
		const found = await copyDatabase(system, pin, to, patience);
		if (found.verdict === "damaged") {
			if (system.disk.stat(to) !== undefined) system.disk.unlink(to);
			missed.push({ path, why: found.details, lost: true });
			continue;
		}
		system.disk.setMode(to, 0o600);
		const { size, sha256, content } = hashDatabase(system.disk, to, pause);
		const { mode, mtime } = stat;
		const checked = found.verdict === "ok";
		const journalMode = pin.journalMode;
		entries.push({
			path,
			kind: "database",
			size,
			mode,
			mtime,
			sha256,
			content,
			journalMode,
			checked,
		});
	}
	return entries;
}

/** Never a raw copy in its place: that would pass for a good one. */
async function copyDatabase(
	system: System,
	pin: PinnedDatabase,
	to: string,
	patience: Patience,
): Promise<CheckResult> {
	try {
		await pin.copyTo(to, patience);
		pin.release();
		system.sqlite.makePlain(to);
		const budget = checkBudget(system, patience);
		const found = await system.sqlite.check(to, budget, patience.signal);
		// One that Ctrl-C ended is no reason to keep the database unchecked.
		checkPatience(patience, system.clock.monotonic());
		return found;
	} catch (error) {
		if (!SOURCE_FAULT.test(errorCode(error) ?? "")) throw error;
		return { verdict: "damaged", details: whyUnreadable(error) };
	}
}

/** What can be wrong with the agent's database; all else is wrong with the disk that the copy goes to. */
const SOURCE_FAULT =
	/^SQLITE_(CORRUPT|NOTADB|BUSY|LOCKED|PROTOCOL|IOERR_(SHORT_)?READ)/;

function checkBudget({ clock }: System, { deadline }: Patience): number {
	const left = (deadline ?? Number.POSITIVE_INFINITY) - clock.monotonic();
	return Math.max(1, Math.min(CHECK_BUDGET, Math.floor(left)));
}
