import { errorCode } from "../errors.ts";
import type {
	CheckResult,
	DatabaseSchema,
	Patience,
	PinnedDatabase,
	System,
} from "../system/system.ts";
import type { CaptureRequest } from "./capture.ts";
import { hashDatabase, Unreadable } from "./copy.ts";
import { makeDirectories } from "./durable.ts";
import type { Entry, Missed } from "./manifest.ts";
import { parentOf, SIDECARS } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import { whyUnopened, whyUnreadable } from "./reasons.ts";
import type { Member, Scan } from "./scan.ts";
import { databaseSignature } from "./signatures.ts";

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
				const why = whyUnopened(system.disk, `${home}/${path}`, error);
				missed.push({ path, why, lost: true });
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
export function refuseStrangeSidecars(
	{ disk }: System,
	database: string,
): void {
	for (const suffix of SIDECARS) {
		const kind = disk.stat(`${database}${suffix}`)?.kind ?? "file";
		if (kind !== "file")
			throw new Unreadable(`its ${suffix} is no regular file`);
	}
}

/** How to look at databases of which no copy is wanted. */
export interface Glance {
	/** False: it is known without a copy that this one, of so many bytes, is another, and there is no room for one. */
	readonly isCopied: (path: string, size: number) => boolean;
}

/** Of what was not read to its end: equal to none. */
export const UNREAD = "0".repeat(64);

interface TakenDatabases {
	readonly entries: readonly Entry[];
	readonly schemas: ReadonlyMap<string, DatabaseSchema>;
}

/**
 * Smallest first, and each released as soon as it is copied: a database without a write-ahead log
 * cannot be written to while it is read.
 */
export async function takeDatabases(
	system: System,
	request: CaptureRequest,
	{ members }: Scan,
	pins: Pins,
	missed: Missed[],
	patience: Patience,
): Promise<TakenDatabases> {
	const entries: Entry[] = [];
	const schemas = new Map<string, DatabaseSchema>();
	const waiting = members.filter(({ path }) => pins.byPath.has(path));
	const walLast = (path: string) =>
		pins.byPath.get(path)?.journalMode === "wal" ? 1 : 0;
	waiting.sort(
		(a, b) => walLast(a.path) - walLast(b.path) || a.stat.size - b.stat.size,
	);

	for (const member of waiting) {
		const pin = pins.byPath.get(member.path);
		if (pin === undefined) continue;
		const taken = await takeDatabase(system, request, member, pin, patience);
		if ("why" in taken) missed.push(taken);
		else entries.push(taken.entry);
		if ("schema" in taken) schemas.set(member.path, taken.schema);
	}
	return { entries, schemas };
}

async function takeDatabase(
	system: System,
	{ home, into, glance, cleared }: CaptureRequest,
	{ path, stat }: Member,
	pin: PinnedDatabase,
	patience: Patience,
): Promise<
	{ entry: Entry } | { entry: Entry; schema: DatabaseSchema } | Missed
> {
	const { disk, sqlite, clock } = system;
	const { mode, mtime } = stat;
	const { journalMode, size: pinned } = pin;
	const common = { path, kind: "database", mode, mtime, journalMode } as const;
	if (glance?.isCopied(path, pinned) === false) {
		const hashes = { sha256: UNREAD, content: UNREAD, checked: false };
		const schema = sqlite.schema(`${home}/${path}`); // pinned: no log of it comes or goes
		pin.release();
		return { entry: { ...common, size: pinned, ...hashes }, schema };
	}
	const to = `${into}/${path}`;
	makeDirectories(disk, into, parentOf(to) ?? into);
	const found = await copyDatabase(
		system,
		pin,
		{ to, cleared: cleared(path) },
		patience,
	);
	if (found.verdict === "damaged") {
		if (disk.stat(to) !== undefined) disk.unlink(to);
		return { path, why: found.details, lost: true };
	}
	disk.setMode(to, 0o600);
	const pause = () => checkPatience(patience, clock.monotonic());
	const { size, sha256, content } = hashDatabase(disk, to, pause);
	const checked = found.verdict === "ok";
	const entry = { ...common, size, sha256, content, checked };
	if (glance === undefined) return { entry };
	const schema = sqlite.schema(to);
	disk.unlink(to);
	return { entry, schema };
}

/** Never a raw copy in its place: that would pass for a good one. */
async function copyDatabase(
	system: System,
	pin: PinnedDatabase,
	{ to, cleared }: { to: string; cleared: readonly string[] },
	patience: Patience,
): Promise<CheckResult> {
	try {
		await pin.copyTo(to, patience);
		pin.release();
		system.sqlite.makePlain(to);
		system.sqlite.clear(to, cleared);
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
