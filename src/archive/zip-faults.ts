import { quoted as typed } from "../core/words.ts";
import { errorCode, errorMessage, SnapshotError } from "../errors.ts";

/** @param what of it, for people */
export function notWhole(what: string, error: unknown): SnapshotError {
	if (error instanceof SnapshotError) return error;
	const said = typeof error === "string" ? error : errorMessage(error);
	if (SEVERAL.test(said)) return onePart(what);
	if (ENCRYPTED.test(said)) return unreadForm(what, "is encrypted");
	const why = inOurWords(said, errorCode(error) ?? "").replace(/[.?]+$/, "");
	return new SnapshotError(
		"damaged",
		`${what} is damaged, or not whole: ${why}. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause: error },
	);
}

/** What the package says of a zip that is whole. */
const SEVERAL = /^multi-disk zip files are not supported/;
const ENCRYPTED = /^strong encryption is not supported/;

/** What it says of others, and what we say. */
const WORDS: readonly (readonly [RegExp, string])[] = [
	[/^Invalid comment length/, "its end is not where it says"],
	[/^End of central directory record signature/, "its end is missing"],
	[/^invalid zip64 end of/, "its end cannot be read"],
	[/^invalid central directory/, "its table of contents cannot be read"],
	[/^(extra field|zip64 extended)/, "its table of contents cannot be read"],
	[/^compressed\/uncompressed size mismatch/, "it says two sizes of one file"],
	[/^invalid local file header/, "no file begins where it says"],
	[/^file data overflows/, "a file ends behind its end"],
	[/^too many bytes in the stream/, "more is packed than it says"],
	[/^not enough bytes in the stream/, "less is packed than it says"],
];

function inOurWords(said: string, code: string): string {
	const [, least, most] = /Expected: (\d+)\. Found: (\d+)/.exec(said) ?? [];
	if (Number(least) > Number(most)) return "something stands behind its end";
	// Of the unpacker, and of a read where no file can have bytes.
	if (code === "Z_BUF_ERROR") return "it ends too early";
	if (code.startsWith("Z_")) return "what is packed in it cannot be unpacked";
	if (code === "ERR_OUT_OF_RANGE") return "a place that it names is not in it";
	return WORDS.find(([theirs]) => theirs.test(said))?.[1] ?? said;
}

/**
 * Zip 3.0 joins a file that lies in three parts or more without what is between, and says nothing.
 * @param name of the file, for people
 */
export function onePart(name: string): SnapshotError {
	const isNamed = /\.z(ip|\d+)$/i.test(name);
	const last = typed(isNamed ? name.replace(/\.z\d+$/i, ".zip") : "LAST.zip");
	return new SnapshotError(
		"failed",
		`${name} is one of several parts of a zip, which are not read here one by one. Nothing was changed.`,
		{
			hint: `Join them in one directory, and import what comes of it: zip -s 0 ${last} --out whole.zip. If that is damaged, a file lies in three parts or more: unpack them (7z x ${last}), and zip that again.`,
		},
	);
}

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
