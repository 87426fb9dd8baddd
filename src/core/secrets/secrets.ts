import { itemFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { maskForms } from "./secret-forms.ts";
import { maskLines } from "./secret-lines.ts";
import { MASK } from "./secret-mask.ts";
import { type Rank, rankOf } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";

export { MASK } from "./secret-mask.ts";
export { isSecretName } from "./secret-names.ts";

/** A file or database of which no value is ever shown, only names. */
export function isSecretFile(host: Host, path: string): boolean {
	return itemFor(host, path)?.secret === true;
}

/** Any text that may be shown: what looks like a secret in it is masked, by its form or by the name before it. */
export function maskText(text: string): string {
	return maskLines(maskForms(text).replace(QUOTED, maskString));
}

/** A text in quotes. */
const QUOTED = /"(?:[^"\\\n]|\\.)*"/g;

/** What is escaped in it is lines, or JSON once more. */
function maskString(quoted: string): string {
	const text = quoted.includes("\\") ? parsedString(quoted) : undefined;
	if (text === undefined) return quoted;
	const masked = maskText(text);
	return masked === text ? quoted : JSON.stringify(masked);
}

/** Undefined: it is none of JSON, which is left to who reads it line by line. */
function parsedString(quoted: string): string | undefined {
	try {
		return String(JSON.parse(quoted));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

/** As `maskText`, of a value of JSON or YAML: the names of its keys count for all below them. */
export function maskValue(value: unknown, name = "", levels = LEVELS): unknown {
	if (levels === 0) return MASK;
	const rank = name === "" ? "harmless" : rankOf(name);
	if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
	if (rank === "strict" || rank === "strong")
		return hidden(value, rank, levels);
	if (Array.isArray(value))
		return value.map((one, index) =>
			maskValue(one, flagName(value[index - 1]) ?? name, levels - 1),
		);
	if (isPlain(value))
		return mapValues(value, (one, key) =>
			maskValue(
				one,
				key === "value" ? (nameIn(value) ?? key) : key,
				levels - 1,
			),
		);
	if (typeof value !== "string") return value;
	return rank === "weak" && !isOpenlySaid(value, rank) ? MASK : maskText(value);
}

/** So deep nobody looks, and each level is a call. */
const LEVELS = 200;

/** Everything below a secret's name, but for what says nothing. */
function hidden(value: unknown, rank: Rank, levels: number): unknown {
	if (levels === 0) return MASK;
	if (Array.isArray(value))
		return value.map((one) => hidden(one, rank, levels - 1));
	if (isPlain(value))
		return mapValues(value, (one) => hidden(one, rank, levels - 1));
	if (!["string", "number", "bigint"].includes(typeof value)) return value;
	return isOpenlySaid(String(value), rank) ? value : MASK;
}

/** No time, of which there is nothing to be masked. */
function isPlain(value: unknown): value is object {
	return (
		typeof value === "object" && value !== null && !(value instanceof Date)
	);
}

function mapValues(
	value: object,
	change: (one: unknown, key: string) => unknown,
): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => [
			maskForms(key),
			change(one, key),
		]),
	);
}

/** The name that stands before a value in a list: of `["--api-key", "…"]`. */
export function flagName(before: unknown): string | undefined {
	return typeof before === "string" && /^--?[A-Za-z][\w-]*$/.test(before)
		? before
		: undefined;
}

/** Of `{"name": "API_KEY", "value": "…"}`, and of rows of a table like it. */
function nameIn(value: object): string | undefined {
	const found = Object.entries(value).find(
		([key, one]) =>
			/^(name|key|variable|env|setting)$/i.test(key) && typeof one === "string",
	);
	return found && String(found[1]);
}
