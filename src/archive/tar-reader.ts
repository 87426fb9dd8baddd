import { once } from "node:events";
import type { ReadEntry } from "tar";
import { errorMessage, SnapshotError } from "../errors.ts";
import type { Archive, Listed } from "./archive.ts";
import { nameInOneForm } from "./member-names.ts";

/** A tar has no table of what is in it: each time it is read from its beginning, which its bytes are asked for again. */
export interface TarBytes {
	readonly packed: number;
	/** From the first on, unpacked. */
	readonly read: () => AsyncIterable<Uint8Array>;
	readonly close: () => void;
}

/** @param name of the file, for people */
export function openTar(
	{ packed, read, close }: TarBytes,
	name: string,
): Archive {
	const each = (use: (entry: ReadEntry) => Promise<void>) =>
		eachEntry(read(), name, use);
	let known: readonly Listed[] | undefined;
	return {
		form: "tar",
		packed,
		count: undefined,
		comment: "",
		async list() {
			known ??= await listOf(each);
			return known;
		},
		pour: (use) =>
			each(async (entry) => {
				const member = listed(entry);
				if (member.kind === "file") await use(member, entry);
				entry.resume();
			}),
		close,
	};
}

async function listOf(
	each: (use: (entry: ReadEntry) => Promise<void>) => Promise<void>,
): Promise<Listed[]> {
	const all: Listed[] = [];
	const files = new Map<string, Listed>();
	await each(async (entry) => {
		const member = withContent(listed(entry), entry, files);
		if (member.kind === "file") files.set(member.name, member);
		all.push(member);
		entry.resume();
	});
	return all;
}

/**
 * Of a file with several names tar packs the first one met, and of the others that they are the same: each is a file of
 * its own then. One that leads to what is not in the archive stays a link.
 */
function withContent(
	member: Listed,
	{ type, linkpath }: ReadEntry,
	files: ReadonlyMap<string, Listed>,
): Listed {
	if (type !== "Link" || linkpath === undefined) return member;
	const other = files.get(nameInOneForm(linkpath));
	if (other === undefined) return member;
	const sameAs = other.sameAs ?? other.name;
	return { ...member, kind: "file", size: other.size, sameAs };
}

const KINDS: Readonly<Record<string, Listed["kind"]>> = {
	File: "file",
	OldFile: "file",
	ContiguousFile: "file",
	Directory: "directory",
	GNUDumpDir: "directory",
	Link: "link",
	SymbolicLink: "link",
};

function listed({ path, type, size, mode, mtime }: ReadEntry): Listed {
	return {
		name: nameInOneForm(path),
		kind: KINDS[type] ?? "device",
		size,
		mode: mode === undefined ? undefined : mode & 0o777,
		mtime: mtime?.getTime(),
	};
}

/** One after the other, each when the one before has been used. */
async function eachEntry(
	chunks: AsyncIterable<Uint8Array>,
	name: string,
	use: (entry: ReadEntry) => Promise<void>,
): Promise<void> {
	const { Parser } = await import("tar");
	let failure: { readonly error: unknown } | undefined;
	const fail = (error: unknown) => {
		failure ??= { error };
	};
	let used = Promise.resolve();
	// It would unpack all that one piece holds before any of it is used.
	const asItIs = { gzip: false, brotli: false, zstd: false };
	const parser = new Parser({
		...asItIs,
		strict: true,
		onReadEntry(entry) {
			used = used
				.then(() => use(entry))
				.catch((error: unknown) => {
					fail(error);
					entry.resume();
				});
		},
	});
	parser.on("error", fail);
	// What it knows no form of would be missing without a word.
	parser.on("ignoredEntry", (entry: ReadEntry) => {
		if (!WITHOUT_CONTENT.includes(entry.type)) fail(unreadable(name, entry));
	});
	parser.on("meta", (text: string) => {
		if (SPARSE.test(text)) fail(sparse(name));
	});
	let hasBegun = false;
	parser.on("entry", () => {
		hasBegun = true;
	});
	let hasEnded = false;
	parser.on("eof", () => {
		hasEnded = true;
	});
	const ended = once(parser, "end").catch(fail);
	try {
		for await (const chunk of chunks) {
			if (failure !== undefined) break;
			// What lies behind the end is only read, for the sum at the end of a gzip: the parser would gather all of it.
			if (hasEnded) continue;
			if (!parser.write(Buffer.from(chunk)) && failure === undefined)
				await Promise.race([once(parser, "drain"), ended]);
		}
		if (failure === undefined) {
			parser.end();
			await ended;
			await used;
			// Cut off between two files it would look like a shorter one.
			if (!hasEnded) fail(new Error("it does not end as a tar does"));
		}
	} catch (error) {
		fail(error);
	}
	if (failure === undefined) return;
	throw hasBegun ? asDamage(name, failure.error) : asOther(name, failure.error);
}

/** The name of a whole tape. */
const WITHOUT_CONTENT = ["TapeVolumeHeader"];
/** In a header of the POSIX form, by GNU tar and by others. */
const SPARSE = /^\d+ GNU\.sparse\.\w+=/m;

function unreadable(name: string, { type, path }: ReadEntry): SnapshotError {
	if (type === "SparseFile") return sparse(name);
	return new SnapshotError(
		"failed",
		`${name} holds ${JSON.stringify(path.slice(0, 200))} in a form of tar that is not read here (${type}). Nothing was changed.`,
		{ hint: AGAIN },
	);
}

function sparse(name: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${name} holds files with holes as tar -S packs them, which are not read here. Nothing was changed.`,
		{ hint: AGAIN },
	);
}

const AGAIN =
	"Unpack it into an empty directory with the tar that made it, and pack that again: tar czf new.tar.gz -C DIR .";

/** Nothing in it was read as a file: a text or a database that somebody packed, most often. Zeros are what ends a tar. */
function asOther(name: string, error: unknown): unknown {
	if (error instanceof SnapshotError) return error;
	return new SnapshotError(
		"failed",
		`${name} holds no tar: it is something else that was packed, empty, or damaged at its beginning. Nothing was changed.`,
		{ hint: "Name the file of an archive.", cause: error },
	);
}

function asDamage(name: string, error: unknown): unknown {
	if (error instanceof SnapshotError) return error;
	return new SnapshotError(
		"damaged",
		`${name} is damaged, or not whole: ${errorMessage(error)}. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause: error },
	);
}
