import {
	formOf as configurationForm,
	type Parsed,
	parseConfiguration,
} from "../home/configuration.ts";
import { nameOf } from "../home/paths.ts";

/** Larger ones are compared line by line. YAML takes a second for a megabyte. */
const LIMITS = {
	JSON: 2_000_000,
	YAML: 300_000,
	TOML: 1_000_000,
	env: 1_000_000,
};

/** What a file of settings says, whatever its spaces and comments; undefined: it is none, or not as one should be. */
export async function structureOf(
	path: string,
	text: string,
): Promise<Parsed | undefined> {
	const form = formOf(path);
	if (form === undefined || isTooLong(path, text)) return undefined;
	if (form === "env") return { value: await variablesIn(text) };
	const parsed = await parseConfiguration(form, text, true);
	return "value" in parsed ? parsed : undefined;
}

/** Of one that is longer nobody knows what it says. */
export function isTooLong(path: string, text: string): boolean {
	const form = formOf(path);
	return form !== undefined && text.length > LIMITS[form];
}

/** Its keys are names of variables. */
export function isOfVariables(path: string): boolean {
	return formOf(path) === "env";
}

function formOf(path: string): keyof typeof LIMITS | undefined {
	if (/^\.env(\.|$)|\.env$/.test(nameOf(path).toLowerCase())) return "env";
	return configurationForm(path);
}

/** As Node itself reads such a file for a program. */
async function variablesIn(text: string): Promise<unknown> {
	const { parseEnv } = await import("node:util");
	return { ...parseEnv(text) };
}
