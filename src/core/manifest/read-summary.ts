import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { readBeginning, readText } from "../files/durable.ts";
import { MANIFEST_LIMIT } from "./manifest.ts";
import {
	type ManifestSummary,
	parseForeignSummary,
	parseSummary,
} from "./manifest-summary.ts";

/** The longest label that a summary still holds whole: longer ones cost a second read. */
const BEGINNING = 2048;

/** What the beginning of a manifest says; "damaged" when it cannot be read; undefined when there is none. */
export type Summarised = ManifestSummary | "damaged" | undefined;

export function readSummary(disk: Disk, folder: string): Summarised {
	const path = `${folder}/manifest.json`;
	try {
		const beginning = readBeginning(disk, path, BEGINNING).toString("utf8");
		const summary = parseSummary(beginning);
		// Hermes writes what failed behind the list of files.
		if (summary?.sequence !== undefined) return summary;
		const whole = readText(disk, path, MANIFEST_LIMIT) ?? "";
		return parseForeignSummary(whole) ?? parseSummary(whole) ?? "damaged";
	} catch (error) {
		// ENOENT, ENOTDIR: not a snapshot. ELOOP: a link, which we do not follow.
		if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			return undefined;
		if (
			["EACCES", "EPERM", "EIO", "EFBIG", "EISDIR"].includes(
				errorCode(error) ?? "",
			)
		)
			return "damaged";
		throw error;
	}
}
