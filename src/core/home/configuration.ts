/** What a configuration says. */
export interface Parsed {
	readonly value: unknown;
}

/**
 * The end of a sentence that begins with its path. What the parsers say themselves is told to nobody: they quote the
 * line, which may be a key's.
 */
export interface Unparsed {
	readonly why: string;
}

type Form = "JSON" | "YAML" | "TOML";
type Parser = (text: string, isExact: boolean) => Promise<Parsed | Unparsed>;

/** Far more than anyone would write, in bytes. */
export const LARGEST_CONFIG = 4 * 1024 * 1024;
/** Nor so many levels: what compares and shows values calls itself once for each. */
const DEEPEST = 1000;

/** By its name: JSON, with comments or without, YAML and TOML. */
export function formOf(path: string): Form | undefined {
	if (/\.json[5c]?$/i.test(path)) return "JSON";
	if (/\.ya?ml$/i.test(path)) return "YAML";
	return /\.toml$/i.test(path) ? "TOML" : undefined;
}

/**
 * As forgiving as agents are: JSON5 for JSON, in YAML a key may stand there twice, and Windows' editors begin with a mark. Of
 * several documents of YAML the value is a list.
 * @param isExact integers that no number can hold exactly are bigints, as they always are in TOML
 */
export async function parseConfiguration(
	form: Form,
	text: string,
	isExact = false,
): Promise<Parsed | Unparsed> {
	const isLarge = isExact && /\d{16}/.test(text);
	const parsed = await PARSERS[form](text.replace(/^\uFEFF/, ""), isLarge);
	if (!("value" in parsed) || !isDeeperThan(DEEPEST, parsed.value))
		return parsed;
	return { why: "is nested too deep" };
}

const PARSERS: Readonly<Record<Form, Parser>> = {
	JSON: parseJson,
	YAML: parseYaml,
	TOML: parseToml,
};

async function parseJson(
	text: string,
	isExact: boolean,
): Promise<Parsed | Unparsed> {
	if (text.trim() === "") return { why: "is empty" };
	try {
		return { value: JSON.parse(text, isExact ? exactNumber : undefined) };
	} catch (error) {
		if (!isAboutText(error)) throw error;
	}
	const { default: JSON5 } = await import("json5");
	try {
		return { value: JSON5.parse(text) };
	} catch (error) {
		if (!isAboutText(error)) throw error;
		const { lineNumber } = error as { lineNumber?: unknown };
		return { why: `is not JSON${lineText(lineNumber)}` };
	}
}

/** As `JSON.parse` asks for each value, with what stands there. */
function exactNumber(
	_key: string,
	value: unknown,
	{ source = "" }: { source?: string } = {},
): unknown {
	const isRounded = typeof value === "number" && !Number.isSafeInteger(value);
	return isRounded && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

async function parseYaml(
	text: string,
	isExact: boolean,
): Promise<Parsed | Unparsed> {
	// A large part of the engine's code, of which few commands need any.
	const { parseAllDocuments } = await import("yaml");
	try {
		const documents = parseAllDocuments(text, {
			uniqueKeys: false,
			prettyErrors: false,
			logLevel: "silent",
			intAsBigInt: isExact,
		});
		const [wrong] = documents.flatMap(({ errors }) => errors);
		if (wrong !== undefined) {
			const line = text.slice(0, wrong.pos[0]).split("\n").length;
			return { why: `is not YAML${lineText(line)}` };
		}
		const values = [...documents].map((document) =>
			document.toJS(isExact ? { reviver: usualNumber } : {}),
		);
		return { value: values.length > 1 ? values : (values[0] ?? null) };
	} catch (error) {
		if (!isAboutText(error)) throw error;
		return { why: "is not YAML" };
	}
}

function usualNumber(_key: unknown, value: unknown): unknown {
	const isUsual =
		typeof value === "bigint" && Number.isSafeInteger(Number(value));
	return isUsual ? Number(value) : value;
}

async function parseToml(text: string): Promise<Parsed | Unparsed> {
	const { parse, TomlError } = await import("smol-toml");
	try {
		// Whoever asks: integers that no number holds would be no TOML otherwise.
		return { value: parse(text, { integersAsBigInt: "asNeeded" }) };
	} catch (error) {
		if (error instanceof TomlError)
			return { why: `is not TOML${lineText(error.line)}` };
		if (!isAboutText(error)) throw error;
		return { why: "is not TOML" };
	}
}

/** Some call themselves once a level; aliases may lead nowhere, or to aliases of aliases that would fill the memory. */
function isAboutText(error: unknown): boolean {
	return (
		error instanceof SyntaxError ||
		error instanceof RangeError ||
		error instanceof ReferenceError
	);
}

function lineText(line: unknown): string {
	return typeof line === "number" ? ` (line ${line})` : "";
}

/** In YAML a list may even hold itself. */
function isDeeperThan(levels: number, value: unknown): boolean {
	if (typeof value !== "object" || value === null) return false;
	if (levels === 0) return true;
	return Object.values(value).some((one) => isDeeperThan(levels - 1, one));
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
