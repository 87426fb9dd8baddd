/** By what a setting, a variable or a column is called: "OPENAI_API_KEY", "botToken", "client-secret". */
export function isSecretName(name: string): boolean {
	return rankOf(name) !== "harmless";
}

/**
 * How much a name says of its value. `strict`: anything that is no switch is a secret, numbers too. `weak`: the name of a kind
 * of login as often as of a key ("auth: oauth").
 */
export type Rank = "strict" | "strong" | "weak" | "harmless";

export function rankOf(name: string): Rank {
	const known = ranks.get(name);
	if (known !== undefined) return known;
	const rank = rankOfWords(wordsOf(name), name);
	// Names come by the thousand, and few are different ones.
	if (ranks.size < 5000 && name.length < 100) ranks.set(name, rank);
	return rank;
}

const ranks = new Map<string, Rank>();

/** "openaiAPIKey2" → openai, api, key, 2 */
function wordsOf(name: string): string[] {
	return name
		.slice(-200)
		.replace(/([a-z\d])([A-Z])/g, "$1 $2")
		.replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
		.toLowerCase()
		.split(/[^a-z\d]+/)
		.filter(Boolean);
}

function rankOfWords(all: readonly string[], name: string): Rank {
	const words = all.filter((word) => !/^\d+$/.test(word));
	const whole = words.join("");
	const last = words.at(-1) ?? "";
	if (SECRET_ENDS.some((end) => whole.endsWith(end))) return "strong";
	if (HARMLESS_ENDS.has(last)) return "harmless";
	if (SECRET_PARTS.some((part) => whole.includes(part))) return "strong";
	if (words.some((word) => STRICT.has(word))) return "strict";
	const ends = (word: string) => STRICT_ENDS.some((end) => word.endsWith(end));
	if (words.some(ends)) return "strict";
	if (last === "token" && OF_MODELS.has(words.at(-2) ?? "")) return "harmless";
	if (words.some((word) => STRONG.has(word) || word.endsWith("token")))
		return "strong";
	if (words.some((word, at) => isOfLogins(word, words[at - 1])))
		return "strong";
	// FAL_KEY; not "key" nor "sortKey".
	if (last === "key" && words.length > 1 && /^[A-Z\d_]+$/.test(name))
		return "strong";
	return words.some((word) => WEAK.has(word)) ? "weak" : "harmless";
}

/** Not those that models count. */
function isOfLogins(word: string, before: string | undefined): boolean {
	if (word !== "tokens" && word !== "keys") return false;
	if (word === "tokens" && before === undefined) return true;
	return LOGINS.has(before ?? "");
}

const STRICT: ReadonlySet<string> = new Set([
	...["secret", "secrets", "password", "passwords", "passwd", "passphrase"],
	...[
		"passcode",
		"pwd",
		"passwort",
		"kennwort",
		"pin",
		"otp",
		"totp",
		"pw",
		"psk",
	],
]);
/** Of words put together: "dbpassword". */
const STRICT_ENDS = ["secret", "password", "passwd", "passphrase"];
/** Of the alphabet of a model: "eos_token". */
const OF_MODELS: ReadonlySet<string> = new Set([
	...["eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "special"],
]);
const STRONG: ReadonlySet<string> = new Set([
	...["token", "credential", "credentials", "cookie", "cookies"],
	...["authorization", "jwt", "mnemonic", "apikey", "authtoken", "accesstoken"],
]);
const WEAK: ReadonlySet<string> = new Set([
	...["auth", "oauth", "bearer", "pat", "dsn", "seed", "pass", "signature"],
]);
const LOGINS: ReadonlySet<string> = new Set([
	...["access", "refresh", "auth", "oauth", "api", "bot", "bearer", "session"],
	...["device", "push", "mcp", "app", "user", "secret", "private", "login"],
]);

/** Of the name without blanks, dashes and numbers. */
const SECRET_ENDS = [
	...["apikey", "apikeys", "accesskey", "accesskeyid", "privatekey"],
	...["secretkey", "signingkey", "encryptionkey", "masterkey", "servicekey"],
	...["accountkey", "authkey", "deploykey", "sshkey", "hmackey", "vaultkey"],
	...["storagekey", "consumerkey", "subscriptionkey", "recoverykey"],
	...["recoverycode", "recoverycodes", "backupcodes", "pairingcode"],
	...["licensekey", "anonkey", "sharedkey", "presharedkey", "botkey"],
	...["webhookurl", "connectionstring", "seedphrase", "devicecode"],
	...[
		"authcode",
		"verificationcode",
		"securitycode",
		"accesscode",
		"codeverifier",
		"secretid",
	],
];

/** Whatever follows: "api_key_old". */
const SECRET_PARTS = [
	...["apikey", "privatekey", "secretkey", "accesskey", "masterkey"],
];

/** What is said of a secret, and is none: "token_count", "api_key_env", "password_file". */
const HARMLESS_ENDS: ReadonlySet<string> = new Set([
	...[
		"count",
		"counts",
		"limit",
		"limits",
		"budget",
		"usage",
		"length",
		"size",
	],
	...["max", "min", "total", "price", "cost", "rate", "window", "type", "kind"],
	...["url", "uri", "endpoint", "host", "path", "file", "dir", "directory"],
	...[
		"name",
		"names",
		"env",
		"var",
		"variable",
		"header",
		"provider",
		"issuer",
	],
	...["expiry", "expires", "expired", "expiration", "at", "in", "ttl", "age"],
	...["enabled", "disabled", "required", "mode", "method", "methods", "scheme"],
	...["scope", "scopes", "id", "ids", "status", "state", "version", "policy"],
	...["timeout", "interval", "retries", "hint", "label", "prompt", "store"],
	...["created", "updated", "used", "rotated", "strategy", "backend", "format"],
	...["algorithm", "position", "index", "level", "profile", "profiles"],
]);
