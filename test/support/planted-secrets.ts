import { createHash } from "node:crypto";
import path from "node:path";
import Database from "better-sqlite3";
import { put } from "./put.ts";

/** A secret as its service makes them, and never the same as another one. */
export interface Planted {
	readonly kind: string;
	/** What must not be seen anywhere. */
	readonly secret: string;
	/** Of a text, the line or lines that it stands in. */
	readonly text: string;
}

/** Letters and digits that depend on the seed only. */
function drawn(seed: string, length: number): string {
	const bytes = Buffer.concat(
		["a", "b", "c"].map((part) =>
			createHash("sha512").update(`${part}:${seed}`).digest(),
		),
	);
	const alphabet =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	return [...bytes]
		.map((byte) => alphabet[byte % alphabet.length])
		.join("")
		.slice(0, length);
}

function hex(seed: string, length: number): string {
	return createHash("sha512").update(seed).digest("hex").slice(0, length);
}

/** Each in a line of its own, told by nothing but its form. */
const BY_FORM: Readonly<Record<string, string>> = {
	OpenAI: `sk-proj-${drawn("openai", 20)}_${drawn("openai2", 27)}-${drawn("openai3", 9)}`,
	Anthropic: `sk-ant-api03-${drawn("anthropic", 60)}-${drawn("anthropic2", 20)}AA`,
	OpenRouter: `sk-or-v1-${hex("openrouter", 64)}`,
	Google: `AIzaSy${drawn("google", 33)}`,
	"Google OAuth": `ya29.a0${drawn("ya29", 60)}`,
	"Google refresh": `1//0${drawn("refresh", 40)}`,
	"AWS id": `AKIA${drawn("aws", 40).toUpperCase().slice(0, 16)}`,
	GitHub: `ghp_${drawn("github", 36)}`,
	"GitHub fine": `github_pat_${drawn("pat", 22)}_${drawn("pat2", 59)}`,
	GitLab: `glpat-${drawn("gitlab", 20)}`,
	Slack: `xoxb-123456789012-1234567890123-${drawn("slack", 24)}`,
	"Slack app": `xapp-1-A012345-${drawn("xapp", 40)}`,
	"Slack webhook": `T0123ABCD/B0123ABCD/${drawn("hook", 24)}`,
	Discord: `MTA${drawn("discord", 21)}.G${drawn("d2", 5)}.${drawn("d3", 38)}`,
	"Discord webhook": drawn("webhook", 68),
	Telegram: `123456789:AA${drawn("telegram", 33)}`,
	Stripe: `sk_live_${drawn("stripe", 24)}`,
	"Stripe restricted": `rk_test_${drawn("rk", 24)}`,
	Twilio: `SK${hex("twilio", 32)}`,
	SendGrid: `SG.${drawn("sg", 22)}.${drawn("sg2", 43)}`,
	npm: `npm_${drawn("npm", 36)}`,
	PyPI: `pypi-AgEIcHlwaS5vcmc${drawn("pypi", 60)}`,
	"Hugging Face": `hf_${drawn("hf", 34)}`,
	JWT: `eyJhbGciOiJIUzI1NiJ9.${drawn("jwt", 40)}.${drawn("jwt2", 43)}`,
	age: `AGE-SECRET-KEY-1${drawn("age", 58).toUpperCase()}`,
	Groq: `gsk_${drawn("groq", 52)}`,
	"high entropy": Buffer.from(hex("entropy", 66), "hex").toString("base64"),
	"high entropy, for URLs": Buffer.from(hex("url", 64), "hex").toString(
		"base64url",
	),
};

const WORD = (seed: string) => `hunter-${hex(seed, 6)}`;

/** Short ones, told by nothing but their name and place. */
const BY_NAME: readonly (readonly [kind: string, text: string])[] = [
	["a setting", "api_key: #"],
	["a quoted one", `bot_token: "#"`],
	["a variable", "- FAL_KEY=#"],
	["an exported one", "export DISCORD_TOKEN='#'"],
	["a block of YAML", "client_secret: |\n    first line\n    #"],
	["below a name", "credentials:\n    user: ada\n    first: #"],
	["in a list", "refresh_tokens:\n- one\n- #"],
	["in a row of settings", "login: {user: ada, password: #, port: 22}"],
	["a list of variables", "env:\n- name: SERVICE_TOKEN\n  value: #"],
	["a flag", "args:\n- --api-key\n- #"],
	["a flag in a row", `args: ["--token", "#", "--verbose"]`],
	["a URL", "database: postgres://ada:#@db.example.invalid/main"],
	["a question", "see: https://example.invalid/x?access_token=#&page=2"],
	["basic auth", "run: curl -u ada:# https://example.invalid"],
	["a header", `run: curl -H "Authorization: Bearer #" x`],
	["a cookie", `run: curl -H 'Cookie: theme=dark; sid=#' x`],
	["a connection", "dsn_text: Server=db;User=ada;Password=#;Port=1"],
	["prose", "The API key: # is for the printer."],
	["a number", "pin: 48310275"],
];

const PEM = [
	"-----BEGIN OPENSSH PRIVATE KEY-----",
	`b3BlbnNzaC1rZXktdjE${drawn("ssh", 50)}`,
	`${drawn("ssh2", 70)}`,
	"-----END OPENSSH PRIVATE KEY-----",
];

function byName([kind, text]: readonly [string, string]): Planted {
	const secret = text.includes("#") ? WORD(kind) : "48310275";
	return { kind, secret, text: text.replace("#", secret) };
}

/** What may stand in any text. */
export const PLANTED: readonly Planted[] = [
	...Object.entries(BY_FORM).map(([kind, secret]) => ({
		kind,
		secret,
		text: textAround(kind, secret),
	})),
	...BY_NAME.map(byName),
	{ kind: "an ssh key", secret: PEM[1] ?? "", text: PEM.join("\n") },
	{
		kind: "an ssh key in JSON",
		secret: PEM[2] ?? "",
		text: JSON.stringify({ note: PEM.join("\n") }),
	},
	{
		kind: "TOML",
		secret: WORD("toml"),
		text: `[service.credentials]\nanything = "${WORD("toml")}"\n[service]\nport = 3`,
	},
	{
		kind: "TOML of several lines",
		secret: WORD("toml2"),
		text: `passphrase = """\nfirst\n${WORD("toml2")}"""`,
	},
	{
		kind: "JSON in a text",
		secret: WORD("json"),
		text: JSON.stringify({ body: JSON.stringify({ apiKey: WORD("json") }) }),
	},
	{
		kind: "JSON in a row",
		secret: WORD("row"),
		text: JSON.stringify({ a: 1, secrets: { deep: [WORD("row")] }, b: 2 }),
	},
];

function textAround(kind: string, secret: string): string {
	if (kind === "Slack webhook")
		return `notify: https://hooks.slack.com/services/${secret}`;
	if (kind === "Discord webhook")
		return `notify: https://discord.com/api/webhooks/1234567890/${secret}`;
	return `note: ${secret}`;
}

/** Values of files that are secret as a whole: nothing says so but where they stand. */
const HIDDEN = ["env", "env2", "auth", "pairing"].map(
	(one) => `plain${hex(one, 5)}`,
);

/** Every string that must not be seen of a home in which they are planted. */
export const SECRETS: readonly string[] = [
	...PLANTED.map(({ secret }) => secret),
	...HIDDEN,
];

/** Puts them into a home of Hermes: its .env, auth.json, pairings, YAML, TOML, JSON, JSONL, notes, and columns of state.db. */
export function plantSecrets(home: string, mark = "first"): void {
	const [env, env2, auth, pairing] = HIDDEN;
	put(home, ".env", `PLAIN_SETTING=${env}\nOTHER="${env2}"\n# ${mark}\n`);
	put(home, "auth.json", {
		version: 1,
		providers: { nous: { x: auth } },
		mark,
	});
	put(home, "pairing/telegram-approved.json", { [`${pairing}`]: { mark } });
	put(home, "config.yaml", `mark: ${mark}\n${texts("\n")}\n`);
	put(home, "memories/NOTES.md", `# ${mark}\n\n${texts("\n\n")}\n`);
	put(home, "memories/settings.toml", `mark = "${mark}"\n${toml()}\n`);
	put(home, "memories/log.jsonl", `${jsonLines(mark)}\n`);
	put(home, "channel_aliases.json", { mark, all: PLANTED });
	const database = new Database(path.join(home, "state.db"));
	const message = database.prepare(
		"INSERT INTO messages (session_id, role, content, timestamp) SELECT id, 'user', ?, 1 FROM sessions LIMIT 1",
	);
	const meta = database.prepare(
		"INSERT OR REPLACE INTO state_meta VALUES (?, ?)",
	);
	database.transaction(() => {
		for (const { kind, text } of PLANTED) {
			message.run(`${mark} ${text}`);
			message.run(JSON.stringify({ mark, text }));
			meta.run(`${kind}_password`, `${mark} ${text}`);
		}
	})();
	database.close();
}

function texts(between: string): string {
	return PLANTED.map(({ text }) => text).join(between);
}

function toml(): string {
	const lines = PLANTED.map(
		({ secret }, index) => `client_secret_${index} = ${JSON.stringify(secret)}`,
	);
	return [...lines, ...PLANTED.map(({ text }) => text)].join("\n");
}

function jsonLines(mark: string): string {
	return PLANTED.map(({ kind, text, secret }) =>
		JSON.stringify({ mark, kind, text, token: secret }),
	).join("\n");
}
