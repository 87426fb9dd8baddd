/** A file or directory of an archive, as the archive itself says: nothing of it is to be trusted. */
export interface Listed {
	/** As it stands there, in one form: "/" between names, no "./" before it, no "/" behind it. */
	readonly name: string;
	readonly kind: "file" | "directory" | "link" | "device";
	/** Bytes, unpacked. */
	readonly size: number;
	/** Permission bits, where they are told. */
	readonly mode: number | undefined;
	/** Milliseconds since 1970, where that is told. */
	readonly mtime: number | undefined;
	/** Of a tar: the file before it that has its content. It is not poured by itself. */
	readonly sameAs?: string;
}

/** An archive that is open, whatever its form. To be closed. */
export interface Archive {
	readonly form: "zip" | "tar";
	/** Of the file, as it lies there: in bytes. */
	readonly packed: number;
	/** Who made it and when, if it says so. */
	readonly comment: string;
	/** How many entries it says it has; undefined: it does not say so. */
	readonly count: number | undefined;
	/** All that is in it, in order. @throws SnapshotError `damaged`, `failed` */
	list(): Promise<readonly Listed[]>;
	/**
	 * Hands out the content of each file, in order; what is not taken is passed over.
	 * @throws SnapshotError `damaged` when it is not what the archive says of it
	 */
	pour(use: Pour): Promise<void>;
	close(): void;
}

export type Pour = (
	member: Listed,
	content: AsyncIterable<Uint8Array>,
) => Promise<void>;

/** Where the manifest stands in ours: in a directory that no import and no snapshot takes for the agent's state. */
export const MANIFEST_NAME = "state-snapshots/archive.json";

/** Stands in the comment of each of ours. */
export const MADE_BY = "by agent-snapshot";

/** Names that no zip can hold stand here, by their number; the manifest says which is which. */
export const UNNAMED = "state-snapshots/unnamed";

/** What lies outside of the agent's home, below the user's own: as in Hermes' zips. */
export const EXTERNAL = "_external";
