import type { SnapshotInfo } from "../../core/store/listing.ts";
import { kindText, printable, whenText } from "./text.ts";

/** "snapshot 3 (20261122-0312) from yesterday 03:12" */
export function nameOf(snapshot: SnapshotInfo, now: Date): string {
	const { id, createdAt } = snapshot;
	const article = snapshot.number === undefined ? "the " : "";
	return `${article}${kindText(snapshot)} (${printable(id)}) from ${whenText(createdAt, now)}`;
}
