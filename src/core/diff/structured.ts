import { errorCode } from "../../errors.ts";
import { nameOf } from "../paths.ts";

/** Larger ones are compared line by line. YAML takes a second for a megabyte. */
const LIMITS = { json: 2_000_000, yaml: 300_000, env: 1_000_000 };

type Form = keyof typeof LIMITS;

/** What a file of settings says, whatever its spaces and comments; undefined: it is none, or not as one should be. */
export async function structureOf(
	path: string,
	text: string,
): Promise<{ readonly value: unknown } | undefined> {
	const form = formOf(path);
	if (form === undefined || text.length > LIMITS[form]) return undefined;
	if (form === "env") return { value: await variablesIn(text) };
	return form === "json" ? parsedJson(text) : parsedYaml(text);
}

function formOf(path: string): Form | undefined {
	const name = nameOf(path).toLowerCase();
	if (/\.(json|json5|jsonc)$/.test(name)) return "json";
	if (/\.ya?ml$/.test(name)) return "yaml";
	return /^\.env(\.|$)|\.env$/.test(name) ? "env" : undefined;
}

/** As Node itself reads such a file for a program. */
async function variablesIn(text: string): Promise<unknown> {
	const { parseEnv } = await import("node:util");
	return { ...parseEnv(text) };
}

async function parsedJson(
	text: string,
): Promise<{ value: unknown } | undefined> {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	const { default: JSON5 } = await import("json5");
	try {
		return { value: JSON5.parse(text) };
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

async function parsedYaml(
	text: string,
): Promise<{ value: unknown } | undefined> {
	const { parseDocument } = await import("yaml");
	try {
		const document = parseDocument(text, { logLevel: "silent" });
		if (document.errors.length > 0) return undefined;
		return { value: document.toJS({ maxAliasCount: 100 }) };
	} catch (error) {
		// Aliases that would fill the memory, and what is too deep.
		if (
			error instanceof ReferenceError ||
			error instanceof RangeError ||
			isYamlError(error)
		)
			return undefined;
		throw error;
	}
}

function isYamlError(error: unknown): boolean {
	return (
		error instanceof Error &&
		/^YAML/.test(error.name) &&
		errorCode(error) !== undefined
	);
}
