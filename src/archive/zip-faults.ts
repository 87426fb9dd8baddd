import { errorMessage, SnapshotError } from "../errors.ts";

/** @param what of it, for people */
export function notWhole(what: string, error: unknown): SnapshotError {
	if (error instanceof SnapshotError) return error;
	const isOther = error instanceof Error && UNREAD.test(error.message);
	if (isOther) return unreadForm(what, "is encrypted, or in several parts");
	const said = typeof error === "string" ? error : errorMessage(error);
	const why = said.replace(/[.?]+$/, "");
	return new SnapshotError(
		"damaged",
		`${what} is damaged, or not whole: ${why}. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause: error },
	);
}

/** What the package says of a zip that is whole. */
const UNREAD = /^(strong encryption is|multi-disk zip files are) not supported/;

/**
 * It may be whole, but it cannot be read here.
 * @param how it is in another form
 */
export function unreadForm(
	what: string,
	how: string,
	by = "with the program that made it",
): SnapshotError {
	return new SnapshotError(
		"failed",
		`${what} ${how}, which is not read here. Nothing was changed.`,
		{
			hint: `Unpack it into an empty directory ${by}, and zip that again: cd DIR && zip -r ../new.zip .`,
		},
	);
}

/** A name that anybody may have chosen. */
export function quoted(name: string): string {
	return JSON.stringify(name.slice(0, 200));
}
