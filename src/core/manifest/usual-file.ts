import * as v from "valibot";
import type { Entry } from "../capture/entry.ts";

type Plain = Extract<Entry, { kind: "file" }>;

/** For what `isUsualFile` has found to be one: there is nothing more to look at. */
export const UsualFile: v.GenericSchema<unknown, Plain> = v.custom<Plain>(
	() => true,
);

const RULES: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
	["kind", (value: unknown) => value === "file"],
	["path", (value: unknown) => typeof value === "string"],
	["size", (value: unknown) => isWhole(value, Number.MAX_SAFE_INTEGER)],
	["mode", (value: unknown) => isWhole(value, 0o7777)],
	["mtime", (value: unknown) => isIn(value, -1e14, 1e14)],
	[
		"sha256",
		(value: unknown) =>
			typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
	],
	[
		"look",
		(value: unknown) => typeof value === "string" && value.length <= 500,
	],
]);

/**
 * What `PlainEntry` says of a file in one piece, by hand and as strictly: of thousands of files almost all are that, and the
 * schema takes ten times as long. Whatever is not told here, wrong or merely rare, is left to the schema.
 */
export function isUsualFile(value: unknown): value is Plain {
	if (typeof value !== "object" || value === null) return false;
	const found = Object.entries(value);
	return (
		REQUIRED.every((key) => Object.hasOwn(value, key)) &&
		found.every(([key, one]) => RULES.get(key)?.(one) === true)
	);
}

const REQUIRED: readonly string[] = ["kind", "path", "size"];

function isWhole(value: unknown, most: number): boolean {
	return Number.isInteger(value) && isIn(value, 0, most);
}

function isIn(value: unknown, least: number, most: number): boolean {
	return typeof value === "number" && value >= least && value <= most;
}
