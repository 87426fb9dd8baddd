/** Far more than anyone would write, in bytes. */
export const LARGEST_CONFIG = 4 * 1024 * 1024;

type Parse = (text: string) => Promise<string | undefined>;

/** By the ends of their names. Of each, where it does not parse; undefined: it does. */
const FORMS: Readonly<Record<string, Parse>> = {
	json: whyNoJson,
	jsonc: whyNoJson,
	json5: whyNoJson,
	yaml: whyNoYaml,
	yml: whyNoYaml,
	toml: whyNoToml,
};

/** Undefined: it is no configuration of a form that we know. */
export function parserOf(path: string): Parse | undefined {
	const [, end = ""] = /\.(\w+)$/.exec(path.toLowerCase()) ?? [];
	return Object.hasOwn(FORMS, end) ? FORMS[end] : undefined;
}

/*
 * What the parsers say themselves is told to nobody: they quote the line, which may be a key's.
 */

/** With comments and commas at the end, too, which many agents take. */
async function whyNoJson(text: string): Promise<string | undefined> {
	if (text.trim() === "") return "is empty";
	try {
		JSON.parse(text);
		return undefined;
	} catch (error) {
		if (!isAboutText(error)) throw error;
	}
	const { default: JSON5 } = await import("json5");
	try {
		JSON5.parse(text);
		return undefined;
	} catch (error) {
		if (!isAboutText(error)) throw error;
		const { lineNumber } = error as { lineNumber?: unknown };
		return `is not JSON${lineText(lineNumber)}`;
	}
}

async function whyNoYaml(text: string): Promise<string | undefined> {
	const { parseAllDocuments } = await import("yaml");
	try {
		const documents = parseAllDocuments(text, {
			prettyErrors: false,
			logLevel: "silent",
		});
		for (const { errors } of documents)
			for (const { pos } of errors)
				return `is not YAML${lineText(text.slice(0, pos[0]).split("\n").length)}`;
		return undefined;
	} catch (error) {
		if (!isAboutText(error)) throw error;
		return "is not YAML";
	}
}

async function whyNoToml(text: string): Promise<string | undefined> {
	const { parse, TomlError } = await import("smol-toml");
	try {
		parse(text);
		return undefined;
	} catch (error) {
		if (error instanceof TomlError) return `is not TOML${lineText(error.line)}`;
		if (!isAboutText(error)) throw error;
		return "is not TOML";
	}
}

/** Some call themselves once a level. */
function isAboutText(error: unknown): boolean {
	return error instanceof SyntaxError || error instanceof RangeError;
}

function lineText(line: unknown): string {
	return typeof line === "number" ? ` (line ${line})` : "";
}
