import { itemFor } from "./coverage.ts";
import type { Host } from "./host.ts";

/** What stands in the place of a secret. */
export const MASK = "••••";

/** A file or database of which no value is ever shown, only names. */
export function isSecretFile(host: Host, path: string): boolean {
	return itemFor(host, path)?.secret === true;
}

/** By what a setting, a variable or a column is called: "OPENAI_API_KEY", "botToken", "client-secret". */
export function isSecretName(name: string): boolean {
	const words = name
		.replace(/([a-z0-9])([A-Z])/g, "$1 $2")
		.toLowerCase()
		.split(/[^a-z0-9]+/);
	const whole = words.join("");
	return (
		words.some((word) => SECRET_WORDS.has(word)) ||
		SECRET_ENDS.some((end) => whole.endsWith(end))
	);
}

const SECRET_WORDS: ReadonlySet<string> = new Set([
	"secret",
	"secrets",
	"password",
	"passwd",
	"passphrase",
	"token",
	"credential",
	"credentials",
	"cookie",
	"auth",
	"authorization",
	"bearer",
	"jwt",
	"pat",
	"pin",
	"otp",
	"dsn",
	"seed",
	"mnemonic",
]);
const SECRET_ENDS = [
	"apikey",
	"accesskey",
	"privatekey",
	"secretkey",
	"signingkey",
	"encryptionkey",
	"webhookurl",
	"connectionstring",
];

/** Any text that may be shown: what looks like a secret in it is masked, by its form or by the name before it. */
export function maskText(text: string): string {
	return FORMS.reduce(
		(masked, form) => masked.replace(form, MASK),
		text.replace(NAMED, (whole, name: string, between: string) =>
			isSecretName(name) ? `${name}${between}${MASK}` : whole,
		),
	);
}

/** `NAME=value`, `name: value`, `"name": "value"`, each up to the end of its value. */
const NAMED =
	/([A-Za-z][\w.-]*)(["']?\s*[:=]\s*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;}\]]+)/g;

/** Those that are told by themselves. */
const FORMS: readonly RegExp[] = [
	/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
	/\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9]{16,}\b/g,
	/\b(?:gh[pousr]|github_pat|glpat|xox[abeoprs]|xapp|hf|npm|pypi|dop_v1|shpat|SG|AIza|ya29|EAA|AGE-SECRET-KEY)[-_.]?[A-Za-z0-9_.-]{16,}/g,
	/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
	/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.?[A-Za-z0-9_-]*/g,
	/\b\d{8,10}:[A-Za-z0-9_-]{30,}\b/g,
	/(?<=:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g,
	/(?<=\b(?:Bearer|Basic)\s)[A-Za-z0-9._~+/=-]{8,}/gi,
];

/** As `maskText`, of a value of JSON or YAML: the names of its keys count for all below them. */
export function maskValue(value: unknown, name = ""): unknown {
	if (name !== "" && isSecretName(name) && value !== null) return MASK;
	if (typeof value === "string") return maskText(value);
	if (Array.isArray(value)) return value.map((one) => maskValue(one));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => [key, maskValue(one, key)]),
	);
}
