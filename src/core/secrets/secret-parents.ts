import { type Rank, wordsOf } from "./secret-names.ts";

/** By the names above it, the nearest last, how much a name says that says too little alone; undefined: no more than alone. */
export function rankBelow(
	above: readonly string[],
	name: string,
): Rank | undefined {
	const own = wordsOf(name).join("");
	if (own === "pass") return "pass";
	if (own === "keys") return isOfAny(above, NETWORKS) ? "strict" : "keys";
	if (OF_NETWORKS.test(own)) return "wpa";
	const found = BELOW.find(
		({ names, parents }) => names.has(own) && isOfAny(above, parents),
	);
	if (found) return found.rank;
	const [nearest = ""] = above.slice(-1);
	return own === "key" && SERVICES.has(wordsOf(nearest).join(""))
		? "strong"
		: undefined;
}

/** Codex has the variables of its shell in `[shell_environment_policy.set]`. */
export function isSetOfEnvironment(
	above: readonly string[],
	name: string,
): boolean {
	return name === "set" && isOfAny(above.slice(-1), ENVIRONMENTS);
}

function isOfAny(
	names: readonly string[],
	words: ReadonlySet<string>,
): boolean {
	return names.some((name) => wordsOf(name).some((word) => words.has(word)));
}

const ENVIRONMENTS = new Set(["env", "environment"]);

/** What is opened by a key that a person types. */
const NETWORKS: ReadonlySet<string> = new Set([
	...["wifi", "wlan", "router", "hotspot", "vpn", "wireguard", "vault"],
]);
const OF_NETWORKS = /^(?:wpa[23]?|wep)(?:key)?$/;

const LOCKS: ReadonlySet<string> = new Set([
	...["alarm", "lock", "door", "gate", "garage", "safe", "assistant", "hass"],
	...["home", "house", "homeassistant"],
]);

const LOGINS: ReadonlySet<string> = new Set([
	"oauth",
	"oauth2",
	"oidc",
	"pkce",
]);

const BELOW: readonly {
	readonly names: ReadonlySet<string>;
	readonly parents: ReadonlySet<string>;
	readonly rank: Rank;
}[] = [
	{ names: new Set(["key"]), parents: NETWORKS, rank: "strict" },
	{ names: new Set(["code"]), parents: LOCKS, rank: "strict" },
	{ names: new Set(["code"]), parents: LOGINS, rank: "strict" },
	{ names: new Set(["state"]), parents: LOGINS, rank: "state" },
];

/** Whoever sells what agents use calls the key to it so. */
const SERVICES: ReadonlySet<string> = new Set([
	...["anthropic", "assemblyai", "azure", "brave", "cartesia", "cerebras"],
	...["cohere", "deepgram", "deepseek", "discord", "elevenlabs", "exa", "fal"],
	...["firecrawl", "fireworks", "github", "gitlab", "google", "groq"],
	...["huggingface", "jina", "kagi", "linear", "mistral", "moonshot", "notion"],
	...["openai", "openrouter", "openweather", "perplexity", "pinecone"],
	...["replicate", "resend", "sendgrid", "serper", "slack", "stripe"],
	...["tavily", "telegram", "todoist", "together", "twilio", "voyage", "xai"],
]);
