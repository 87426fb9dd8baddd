import type { DatabaseHeader } from "../files/database-header.ts";
import { looksLikeDatabase } from "./paths.ts";

/** What a file is taken as, or why it cannot be. */
export type Recognised = "file" | "database" | { readonly why: string };

/** @param expected a database by right, whatever its header says */
export function recognise(
	header: DatabaseHeader,
	size: number,
	path: string,
	expected: boolean,
): Recognised {
	if (header.isSqlite) return "database";
	// A database that was never written to is an empty file, and sound.
	if (size === 0 || !(expected || looksLikeDatabase(path))) return "file";
	if (header.isZeros) return { why: "the database is all zeros" };
	return expected ? { why: "it is not a SQLite database any more" } : "file";
}
