import { createHash } from "node:crypto";
import { errorCode, SnapshotError } from "../../errors.ts";
import type { PinnedDatabase, RawContent } from "../../system/system.ts";
import { type Base, baseFrom, knownKindIn } from "../capture/base.ts";
import { databaseLook, isSameFile, isSameLook } from "../capture/look.ts";
import { refuseStrangeSidecars } from "../capture/pins.ts";
import { readingChunks } from "../files/copy.ts";
import { type Agent, databaseExpectation } from "../home/agent.ts";
import { type Member, scan } from "../home/scan.ts";
import type { Coverage, Manifest } from "../manifest/manifest.ts";
import { whyUnopened } from "../reasons.ts";
import { inTurns } from "../work.ts";
import { copiedAside } from "./copied-aside.ts";
import { type Item, type OpenDatabase, type Side, Unseen } from "./side.ts";
import type { PageSource } from "./sqlite-file.ts";
import { seen } from "./stored-side.ts";

/** The home as it is now, looked at as for a restore of that snapshot. */
export function presentSide(
	agent: Agent,
	manifest: Manifest,
	coverage: Coverage,
	snapshot: Side,
): Side {
	const { system, home, host, store, patience } = agent;
	const { disk } = system;
	// Of the agent's own it is not known what their originals looked like.
	const base =
		manifest.sequence === undefined ? undefined : baseFrom(agent, manifest);
	const plain = new Set(
		manifest.entries
			.filter((entry) => entry.kind === "file" && entry.size > 0)
			.map(({ path }) => path)
			.filter((path) => snapshot.items.get(path)?.kind === "file"),
	);
	const found = scan(disk, home, coverage, {
		store: store.directory,
		expectDatabase: databaseExpectation(host, manifest),
		isPlain: (path) => plain.has(path),
		knownKind: knownKindIn(base),
	});
	const items = found.members.map((member) =>
		itemOf(agent, member, base, snapshot),
	);
	const read = (path: string, use: (chunk: Uint8Array) => void) =>
		seen(() =>
			inTurns(system, patience, readingChunks(disk, `${home}/${path}`, use)),
		);
	return {
		items: new Map(items.map((item) => [item.path, item])),
		missed: found.missed,
		wasAbsent: () => true,
		async hashOf({ path }) {
			const hash = createHash("sha256");
			await read(path, (chunk) => hash.update(chunk));
			return hash.digest("hex");
		},
		async contentOf({ path, size }, limit) {
			if (size > limit) return undefined;
			const chunks: Uint8Array[] = [];
			await read(path, (chunk) => chunks.push(Buffer.from(chunk)));
			return Buffer.concat(chunks).subarray(0, limit);
		},
		openDatabase: ({ path }, isCopied) => openLive(agent, path, base, isCopied),
	};
}

function itemOf(
	{ system: { disk }, home }: Agent,
	{ path, kind, stat }: Member,
	base: Base | undefined,
	snapshot: Side,
): Item {
	const entry = base?.entries.get(path);
	const look = entry && "look" in entry ? entry.look : undefined;
	const isSame =
		look !== undefined &&
		entry?.kind === kind &&
		(kind === "database"
			? isSameLook(look, databaseLook(disk, `${home}/${path}`))
			: look === stat.look);
	return {
		path,
		kind,
		size: stat.size,
		mode: kind === "link" ? undefined : stat.mode,
		target: kind === "link" ? disk.readLink(`${home}/${path}`) : undefined,
		known: isSame ? snapshot.items.get(path)?.known : undefined,
		parts: undefined,
	};
}

/** @param isCopied its files cannot be relied on: let SQLite copy it */
async function openLive(
	agent: Agent,
	path: string,
	base: Base | undefined,
	isCopied: boolean,
): Promise<OpenDatabase> {
	const { system, home, patience } = agent;
	const live = `${home}/${path}`;
	let pin: PinnedDatabase;
	try {
		refuseStrangeSidecars(system, live);
		pin = await system.sqlite.pin(live, patience);
	} catch (error) {
		if (error instanceof SnapshotError || patience.signal.aborted) throw error;
		throw new Unseen(
			`it cannot be read now: ${whyUnopened(system.disk, live, error)}`,
			error,
		);
	}
	if (pin.raw !== undefined && !isCopied) {
		const source = sourceOf(pin.raw, pin);
		const isAsIn = knownSince(agent, path, base, pin.raw);
		const confirm = async () => pin.raw?.confirm();
		return { source, isAsIn, confirm, close: () => pin.release() };
	}
	try {
		return await copiedAside(agent, pin);
	} finally {
		pin.release();
	}
}

function sourceOf(
	raw: RawContent,
	{ size, pageSize }: PinnedDatabase,
): PageSource {
	const first = Buffer.alloc(size === 0 ? 0 : pageSize);
	if (size > 0) raw.read(0, first);
	return {
		size,
		beginning: first.subarray(0, 100),
		read(offset, into) {
			if (raw.read(offset, into) < into.length)
				throw new Unseen("it is shorter than it says");
		},
	};
}

/** Nobody has written to the file since that snapshot, and the log says to what else. See unread-parts.ts. */
function knownSince(
	{ system: { disk }, home }: Agent,
	path: string,
	base: Base | undefined,
	raw: RawContent,
): (offset: number, length: number) => boolean {
	const entry = base?.entries.get(path);
	if (entry?.kind !== "database" || entry.cleared !== undefined)
		return () => false;
	const { look, logMark } = entry;
	const isSame = isSameFile(look, disk.stat(`${home}/${path}`));
	const touched =
		isSame && logMark !== undefined ? raw.since(logMark) : undefined;
	// The first page has a header that is not kept as it is.
	return (offset, length) => offset > 0 && touched?.(offset, length) === false;
}

/** What the pinned content is read from cannot be relied on. */
export function isNotAsPinned(error: unknown): boolean {
	return errorCode(error) === "NOT_AS_PINNED";
}
