import { errorCode } from "../errors.ts";
import type {
	CheckResult,
	DatabaseSchema,
	Patience,
	PinnedDatabase,
	System,
} from "../system/system.ts";
import type { Taking } from "./capture.ts";
import { type Copies, discard, dropMovedDatabases } from "./copies.ts";
import { hashDatabase } from "./copy.ts";
import { makeDirectories } from "./durable.ts";
import type { Entry, Missed } from "./manifest.ts";
import { parentOf } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import type { Pins } from "./pins.ts";
import { whyUnreadable } from "./reasons.ts";
import type { Member, Scan } from "./scan.ts";

/** How long a database is searched for damage, in milliseconds. */
const CHECK_BUDGET = 20_000;

/** How to look at databases of which no copy is wanted. */
export interface Glance {
	/** False: it is known without a copy that this one, of so many bytes, is another, and there is no room for one. */
	readonly isCopied: (path: string, size: number) => boolean;
}

/** Of what was not read to its end: equal to none. */
export const UNREAD = "0".repeat(64);

/**
 * Smallest first, and each released as soon as it is copied: a database without a write-ahead log cannot be written to
 * while it is read. None waits for the look at another's copy. Returns those that could not be copied.
 */
export async function takeDatabases(
	system: System,
	request: Taking,
	{ members }: Scan,
	pins: Pins,
	patience: Patience,
): Promise<Missed[]> {
	const { into, copies, glance } = request;
	dropMovedDatabases(system.disk, into, pins.signatures, copies);
	const missed: Missed[] = [];
	const waiting = members.flatMap((member) => {
		const pin = pins.byPath.get(member.path);
		const signature = pins.signatures.get(member.path);
		return pin && signature !== undefined
			? [{ member, pin, signature, to: `${into}/${member.path}` }]
			: [];
	});
	const walLast = ({ pin }: Waiting) => (pin.journalMode === "wal" ? 1 : 0);
	waiting.sort(
		(a, b) =>
			walLast(a) - walLast(b) || a.member.stat.size - b.member.stat.size,
	);
	// At a glance there is room for one copy at a time.
	const batches = glance ? waiting.map((one) => [one]) : [waiting];

	for (const batch of batches) {
		const copied: { one: Waiting; found: CheckResult }[] = [];
		for (const one of batch) {
			if (didWithoutCopy(system, request, one)) continue;
			copied.push({
				one,
				found: await copyPinned(system, request, one, patience),
			});
		}
		for (const { one, found } of copied)
			missed.push(...(await keepCopy(system, request, one, found, patience)));
	}
	return missed;
}

interface Waiting {
	readonly member: Member;
	readonly pin: PinnedDatabase;
	readonly signature: string;
	/** Where its copy goes. */
	readonly to: string;
}

/** Of those that are there; modes are in no signature, so they are as they were found now. */
export function databaseEntries(
	{ members }: Scan,
	{ databases }: Copies,
): Entry[] {
	return members.flatMap(({ path, stat: { mode, mtime } }) => {
		const copy = databases.get(path);
		return copy === undefined ? [] : [{ ...copy.entry, mode, mtime }];
	});
}

/** Of databases whose copies have gone. */
export function schemasOf({
	databases,
}: Copies): ReadonlyMap<string, DatabaseSchema> {
	return new Map(
		[...databases].flatMap(([path, { schema }]) =>
			schema === undefined ? [] : [[path, schema] as const],
		),
	);
}

/** True: there is no more to do with it. */
function didWithoutCopy(
	{ sqlite }: System,
	{ home, glance, copies }: Taking,
	{ member: { path, stat }, pin, signature }: Waiting,
): boolean {
	if (glance?.isCopied(path, pin.size) !== false) return false;
	const { journalMode, size } = pin;
	const { mode, mtime } = stat;
	const schema = sqlite.schema(`${home}/${path}`); // pinned: no log of it comes or goes
	pin.release();
	const common = { path, kind: "database", mode, mtime, journalMode } as const;
	const hashes = { sha256: UNREAD, content: UNREAD, checked: false };
	copies.databases.set(path, {
		entry: { ...common, size, ...hashes },
		signature,
		schema,
	});
	return true;
}

/** Never a raw copy in its place: that would pass for a good one. */
async function copyPinned(
	{ disk }: System,
	{ into }: Taking,
	{ pin, to }: Waiting,
	patience: Patience,
): Promise<CheckResult> {
	makeDirectories(disk, into, parentOf(to) ?? into);
	try {
		return await unlessFaulty(async () => {
			await pin.copyTo(to, patience);
			return { verdict: "ok" };
		});
	} finally {
		pin.release();
	}
}

async function keepCopy(
	system: System,
	{ into, glance, cleared, copies }: Taking,
	{ member: { path, stat }, pin, signature, to }: Waiting,
	copied: CheckResult,
	patience: Patience,
): Promise<Missed[]> {
	const { disk, sqlite, clock } = system;
	const { mode, mtime } = stat;
	const { journalMode } = pin;
	const found =
		copied.verdict === "damaged"
			? copied
			: await settleCopy(system, to, cleared(path), patience);
	if (found.verdict === "damaged") {
		discard(disk, into, path);
		return [{ path, why: found.details, lost: true }];
	}
	disk.setMode(to, 0o600);
	const pause = () => checkPatience(patience, clock.monotonic());
	const { size, sha256, content } = hashDatabase(disk, to, pause);
	const checked = found.verdict === "ok";
	const common = { path, kind: "database", mode, mtime, journalMode } as const;
	const entry = { ...common, size, sha256, content, checked };
	if (glance === undefined) copies.databases.set(path, { entry, signature });
	else {
		copies.databases.set(path, { entry, signature, schema: sqlite.schema(to) });
		disk.unlink(to);
	}
	return [];
}

async function settleCopy(
	system: System,
	to: string,
	cleared: readonly string[],
	patience: Patience,
): Promise<CheckResult> {
	return unlessFaulty(async () => {
		system.sqlite.makePlain(to);
		system.sqlite.clear(to, cleared);
		const budget = checkBudget(system, patience);
		const found = await system.sqlite.check(to, budget, patience.signal);
		// One that Ctrl-C ended is no reason to keep the database unchecked.
		checkPatience(patience, system.clock.monotonic());
		return found;
	});
}

async function unlessFaulty(
	work: () => Promise<CheckResult>,
): Promise<CheckResult> {
	try {
		return await work();
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
