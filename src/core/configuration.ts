import JSON5 from "json5";

/** What a configuration says. */
export interface Parsed {
	readonly value: unknown;
}

/** By its name: JSON, with comments or without, and YAML. */
export function formOf(path: string): "JSON" | "YAML" | undefined {
	if (/\.json[5c]?$/i.test(path)) return "JSON";
	return /\.ya?ml$/i.test(path) ? "YAML" : undefined;
}

/** Undefined: it cannot be parsed. As forgiving as agents are: JSON5 for JSON, and in YAML a key may stand there twice. */
export async function parseConfiguration(
	form: "JSON" | "YAML",
	text: string,
): Promise<Parsed | undefined> {
	return form === "JSON" ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): Parsed | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	try {
		return { value: JSON5.parse(text) };
	} catch (error) {
		// JSON5 calls itself once a level.
		if (error instanceof SyntaxError || error instanceof RangeError)
			return undefined;
		throw error;
	}
}

async function parseYaml(text: string): Promise<Parsed | undefined> {
	// A large part of the engine's code, of which few commands need any.
	const { parseDocument } = await import("yaml");
	try {
		const options = { uniqueKeys: false, logLevel: "silent" } as const;
		const document = parseDocument(text, options);
		if (document.errors.length > 0) return undefined;
		return { value: document.toJS() };
	} catch (error) {
		// Too many levels, or aliases of aliases that would fill the memory.
		if (error instanceof RangeError || error instanceof ReferenceError)
			return undefined;
		throw error;
	}
}

/** What these keys lead to, if that is a text, a number or the like. */
export function scalarAt(
	value: unknown,
	keys: readonly string[],
): string | undefined {
	let found = value;
	for (const key of keys) {
		if (typeof found !== "object" || found === null) return undefined;
		found = Object.hasOwn(found, key)
			? (found as Record<string, unknown>)[key]
			: undefined;
	}
	const isScalar = ["string", "number", "boolean"].includes(typeof found);
	return isScalar ? String(found) : undefined;
}

/** It has keys or entries. */
export function saysAnything(value: unknown): boolean {
	return (
		typeof value === "object" && value !== null && Object.keys(value).length > 0
	);
}
