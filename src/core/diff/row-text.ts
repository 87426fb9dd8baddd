import type { Encoding } from "./sqlite-file.ts";
import { isBytes, type Value } from "./sqlite-record.ts";

/** A value as a text; of a blob only how long it is. */
export function textOf(value: Value, encoding: Encoding): string {
	if (!isBytes(value)) return String(value ?? "NULL");
	const { kind, bytes, isCut } = value;
	if (kind === "blob")
		return isCut ? "a large blob" : `a blob of ${bytes.length} bytes`;
	const text = decoded(bytes, encoding);
	return isCut ? `${text}…` : text;
}

function decoded(bytes: Buffer, encoding: Encoding): string {
	if (encoding === "utf8") return bytes.toString("utf8");
	if (encoding === "utf16le") return bytes.toString("utf16le");
	const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
	return Buffer.from(whole).swap16().toString("utf16le");
}

export function encoded(text: string, encoding: Encoding): Buffer {
	if (encoding === "utf8") return Buffer.from(text);
	const bytes = Buffer.from(text, "utf16le");
	return encoding === "utf16le" ? bytes : bytes.swap16();
}
