import { describe, expect, it } from "vitest";
import { maskValue } from "../../../src/core/secrets/mask-value.ts";
import { maskText } from "../../../src/core/secrets/secrets.ts";
import { drawn } from "../../support/planted-kinds.ts";

/** In the place of "#": as people think of them, and as machines draw them. */
const SECRETS = [
	...["Winter%5249Q", "S0mmer!Regen", "Rose^Kale#77x", "Xy7&plum~Tree"],
	...["blau*2024Haus", "Summer24Rain", "Herbst5249", "80c%!TzBk8SB98=5"],
	...[
		drawn("nearness", 22),
		drawn("short", 12),
		drawn("lower", 22).toLowerCase(),
	],
];

const PLACE = /#(?!define)/;

const LINES = [
	...["**Token**: `#`", "- **Password** - `#`", "- Password — #"],
	...["- Password → #", "Password (for VPN): #", "Password is now #"],
	...["CREATE USER ada IDENTIFIED BY '#'", "requirepass #", "masterauth #"],
	...['proxy_set_header Authorization "Basic #"', "password?: #"],
	...['["password", "#"]', "define('DB_PASSWORD', '#')", '#define API_KEY "#"'],
	...['os.getenv("DB_PASSWORD", "#")', 'os.environ.setdefault("API_KEY","#")'],
	...['process.env.DB_PASSWORD || "#"', 'process.env.DB_PASSWORD ?? "#"'],
	...['add_argument("--token", default="#")', "smtp.login('a','#')"],
	...['auth=("ada","#")', 'setPassword("#")', '.password("#")'],
	...["token !== '#'", "echo 'ada:#' | chpasswd", "vault login #"],
	...['echo "#" | docker login --password-stdin', "sqlplus ada/#@db"],
	...["aws configure set aws_secret_access_key #", "http -a ada:# x.dev"],
	...["npm config set //registry.npmjs.org/:_authToken #"],
	...["curl --proxy-user ada:# x.dev", "SetEnv API_KEY #"],
	...[
		"git clone https://#@github.com/a/b",
		"<key>password</key><string>#</string>",
	],
	...["<key>password</key>\n<string>#</string>", "The password:\n\n    #"],
	...['<input type="password" value="#">', 'ConvertTo-SecureString "#"'],
	...["pw #", "apikey #", "| password | ada | # |", "Use `#` to log in."],
];

describe("near a word for it", () => {
	it.each(LINES)("what looks like a secret is hidden: %s", (line) => {
		const shown = SECRETS.filter((secret) =>
			maskText(line.replace(PLACE, secret)).includes(secret),
		);
		expect(shown).toEqual([]);
		const [before = ""] = line.split(PLACE);
		// And what stands around it is not.
		expect(maskText(line.replace(PLACE, SECRETS[0] ?? ""))).toContain(before);
	});

	it.each([
		["setPassword('Win,ter%52;49Q')", "setPassword('••••')"],
		[
			"Passwords:\nWiFi password:\nWinter%5249Q",
			"Passwords:\nWiFi password:\n••••",
		],
		["https://Rose^77@x.dev/a", "https://••••@x.dev/a"],
		["creds → Ada / Winter%5249Q.", "creds → Ada / ••••."],
	])("all of it is hidden, and nothing else: %s", (text, shown) => {
		expect(maskText(text)).toBe(shown);
	});

	it.each([
		...["the password must be 12 characters", "token limit 4096"],
		...["max_tokens: 8192", "auth via OAuth2 at https://example.com/login"],
		...["uses SHA256 for the token", "the API key is in .env"],
		...['import { getToken } from "./Token.ts"'],
		...["claude-3-5-Sonnet uses 200k tokens", "token of Qwen2.5-Coder-32B"],
		...["token.of(await getBase64Token(user2, Utf8Codec));"],
		...["set the password with %DB_PASSWORD2%, $TOKEN or <Token1>"],
		...["replace YOUR_TOKEN_123 by the token of ada7@example.com"],
		...["auth: see docs/Auth2Guide.md and https://x.dev/Login?page=B2x9"],
		...["login on 2026-11-21T01:14:02Z took 12ms, v1.2.3-RC1"],
		...["the secret of ISO-8859-1, x86_64, UTF-8 and AES-256-GCM"],
		...["password hashing by Argon2id, PBKDF2WithHmacSHA256, Ed25519"],
		...["if (token.length % 8 === 0 && key1 != key2) login(a+b2);"],
		...["npm login @scope/Package2 and lodash@4.17.21 for the token"],
		...["**Login2**, ~~Token1~~ and *password3* are headings of auth"],
		...["the pass of 50 lines and 100%, x=Value1&page=B2 of auth"],
		...["login $USER@$HOST:22", "clone https://app2user@x.dev/a"],
		...["Winter%5249Q", "theme Winter%5249Q\n\nthe password is in .env"],
	])("what looks like none stays: %s", (line) => {
		expect(maskText(line)).toBe(line);
	});

	it("is found in time, however long a line is", () => {
		for (const piece of [
			...["password ", "password: aB1%", "aB1%2xcd ", "token,", "auth:\n"],
			...["aB1%", "secretA1!", "</key>\n", "password\\n", "a1B2=", "login@"],
		]) {
			const text = piece.repeat(1_000_000 / piece.length);
			expect(maskText(text).length).toBeGreaterThan(0);
		}
	}, 120_000);
});

describe("in values", () => {
	const [secret = ""] = SECRETS;
	it.each<[unknown, unknown]>([
		[
			["password", secret],
			["password", "••••"],
		],
		[[["db_password", secret]], [["db_password", "••••"]]],
		[{ api_keys: { [secret]: "ada" } }, { api_keys: { "••••": "••••" } }],
		[{ recovery: secret }, { recovery: "••••" }],
		[{ recovery_code: "ab12-cd34" }, { recovery_code: "••••" }],
		[{ recovery: "weekly" }, { recovery: "weekly" }],
		[
			["password", "openid"],
			["password", "openid"],
		],
		[{ tokens: { max: 3 } }, { tokens: { max: 3 } }],
	])("%j is shown as %j", (value, shown) => {
		expect(maskValue(value)).toEqual(shown);
	});
});
