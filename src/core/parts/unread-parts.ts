import type { RawContent, System } from "../../system/system.ts";
import { storedBefore } from "../capture/as-captured.ts";
import type { Taking } from "../capture/capture.ts";
import { isSameFile } from "../capture/look.ts";
import type { PartWriter } from "./part-writer.ts";

interface PartCopy {
	readonly raw: RawContent;
	readonly writer: PartWriter;
}

/** The parts of a database that are taken over without being read here. */
export function unreadParts(
	system: System,
	taking: Taking,
	path: string,
	{ raw, writer }: PartCopy,
): {
	/** The next part, at this place of the database, is in the snapshot. */
	readonly isTakenOver: (at: number) => boolean;
	readonly end: () => void;
} {
	const { partSize } = writer;
	const isKnown = knownParts(system, taking, path, raw);
	// The first has the header, which is not kept as it is.
	const toCompare = [...writer.storedBefore()].filter(
		({ offset }) => offset > 0 && !isKnown(offset, partSize),
	);
	const comparing = taking.tags && raw.comparing(toCompare, taking.tags.key);
	return {
		isTakenOver: (at) =>
			at > 0 &&
			(isKnown(at, partSize) || comparing?.isSame(at) === true) &&
			writer.keep(),
		end: () => comparing?.end(),
	};
}

/** Which parts need not be read: nobody has written to the file since, and the log has got no page of theirs. */
function knownParts(
	{ disk }: System,
	{ base, home }: Taking,
	path: string,
	raw: RawContent,
): (at: number, length: number) => boolean {
	const before = storedBefore(base, path, "database");
	const main = disk.stat(`${home}/${path}`);
	const mark = before?.kind === "database" ? before.logMark : undefined;
	const touched =
		mark !== undefined && isSameFile(before?.look, main)
			? raw.since(mark)
			: undefined;
	return (at, length) => touched?.(at, length) === false;
}
