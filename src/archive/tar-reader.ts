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
	return {
		form: "tar",
		packed,
		count: undefined,
		comment: "",
		async list() {
			const all: Listed[] = [];
			await each(async (entry) => {
				all.push(listed(entry));
				entry.resume();
			});
			return all;
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
	let hasEnded = false;
	parser.on("eof", () => {
		hasEnded = true;
	});
	const ended = once(parser, "end").catch(fail);
	try {
		for await (const chunk of chunks) {
			if (failure !== undefined) break;
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
	if (failure !== undefined) throw asDamage(name, failure.error);
}

function asDamage(name: string, error: unknown): unknown {
	if (error instanceof SnapshotError) return error;
	return new SnapshotError(
		"damaged",
		`${name} is damaged, or not whole: ${errorMessage(error)}. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause: error },
	);
}
