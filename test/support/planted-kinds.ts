import { createHash } from "node:crypto";

/** A secret as its service makes them, and never the same as another one. */
export interface Planted {
	readonly kind: string;
	/** What must not be seen anywhere. */
	readonly secret: string;
	/** Of a text, the line or lines that it stands in. */
	readonly text: string;
}

/** Letters and digits that depend on the seed only. */
export function drawn(seed: string, length: number): string {
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

/** No word, and as short as what people think of themselves. */
export function short(seed: string): string {
	return `hunter-7${hex(seed, 6)}`;
}

/** Each told by nothing but its form. */
function byForm(turn: string): Readonly<Record<string, string>> {
	const some = (seed: string, length: number) => drawn(turn + seed, length);
	const digits = (seed: string, length: number) => hex(turn + seed, length);
	const bytes = (seed: string, length: number) =>
		Buffer.from(digits(seed, length), "hex");
	return {
		OpenAI: `sk-proj-${some("openai", 20)}_${some("openai2", 27)}-${some("openai3", 9)}`,
		Anthropic: `sk-ant-api03-${some("anthropic", 60)}-${some("anthropic2", 20)}AA`,
		OpenRouter: `sk-or-v1-${digits("openrouter", 64)}`,
		Google: `AIzaSy${some("google", 33)}`,
		"Google OAuth": `ya29.a0${some("ya29", 60)}`,
		"Google refresh": `1//0${some("refresh", 40)}`,
		"AWS id": `AKIA${some("aws", 40).toUpperCase().slice(0, 16)}`,
		GitHub: `ghp_${some("github", 36)}`,
		"GitHub fine": `github_pat_${some("pat", 22)}_${some("pat2", 59)}`,
		GitLab: `glpat-${some("gitlab", 20)}`,
		Slack: `xoxb-123456789012-1234567890123-${some("slack", 24)}`,
		"Slack app": `xapp-1-A012345-${some("xapp", 40)}`,
		"Slack webhook": `T0123ABCD/B0123ABCD/${some("hook", 24)}`,
		Discord: `MTA${some("discord", 21)}.G${some("d2", 5)}.${some("d3", 38)}`,
		"Discord webhook": some("webhook", 68),
		Telegram: `123456789:AA${some("telegram", 33)}`,
		Stripe: `sk_live_${some("stripe", 24)}`,
		"Stripe restricted": `rk_test_${some("rk", 24)}`,
		Twilio: `SK${digits("twilio", 32)}`,
		SendGrid: `SG.${some("sg", 22)}.${some("sg2", 43)}`,
		npm: `npm_${some("npm", 36)}`,
		PyPI: `pypi-AgEIcHlwaS5vcmc${some("pypi", 60)}`,
		"Hugging Face": `hf_${some("hf", 34)}`,
		JWT: `eyJhbGciOiJIUzI1NiJ9.${some("jwt", 40)}.${some("jwt2", 43)}`,
		age: `AGE-SECRET-KEY-1${some("age", 58).toUpperCase()}`,
		Groq: `gsk_${some("groq", 52)}`,
		"a phrase of twelve words": `${turn} winner thank year wave sausage worth useful legal zebra yellow zoo`,
		"high entropy": bytes("entropy", 66).toString("base64"),
		"high entropy, for URLs": bytes("url", 64).toString("base64url"),
	};
}

/** Short ones in the place of "#", told by nothing but their name and place. */
const BY_PLACE: Readonly<Record<string, string>> = {
	"a setting": "api_key: #",
	"a quoted one": `bot_token: "#"`,
	"a variable": "- FAL_KEY=#",
	"an exported one": "export DISCORD_TOKEN='#'",
	"a block of YAML": "client_secret: |\n    first line\n    #",
	"below a name": "credentials:\n    user: ada\n    first: #",
	"in a list": "refresh_tokens:\n- one\n- #",
	"in a row of settings": "login: {user: ada, password: #, port: 22}",
	"a list of variables": "env:\n- name: SERVICE_TOKEN\n  value: #",
	"a flag": "args:\n- --api-key\n- #",
	"a flag in a row": `args: ["--token", "#", "--verbose"]`,
	"a URL": "database: postgres://ada:#@db.example.invalid/main",
	"a question": "see: https://example.invalid/x?access_token=#&page=2",
	"basic auth": "run: curl -u ada:# https://example.invalid",
	"a header": `run: curl -H "Authorization: Bearer #" x`,
	"a cookie": `run: curl -H 'Cookie: theme=dark; sid=#' x`,
	"a connection": "dsn_text: Server=db;User=ada;Password=#;Port=1",
	prose: "The API key: # is for the printer.",
	"a variable of a row": "env: {FOO: #, LOG_LEVEL: debug}",
	"a variable of a block": "environment:\n    BAR: #\n    PORT: 80",
	"a variable in a list": "env:\n    - BAZ=#",
	"a header of a block": "headers:\n    X-Thing: #\n    Accept: text/plain",
	"a header of a row": `http_headers: {"X-Other": "#", Accept: "*/*"}`,
	"the short word for credentials": "creds:\n    x: #",
	"below auth": "auth:\n    type: basic\n    x: #",
	"a key": "key: #",
	"a key of a service": "openai_key: #",
	"what renews a login": "refresh: #",
	"a way in": "api: #",
	"a password of a server": "SMTP_PASS=#",
	"an anchor": "base: &base1 #\ntoken: *base1",
	"a block with an anchor": "common: &base2\n    x: #\ncreds: *base2",
	"an old value in a comment": "# it was #\npassword: #",
	"a short flag": "args:\n- -p\n- #",
	"a long flag": "args:\n- --password\n- #",
	"a flag with a login": "args:\n- -u\n- ada:#",
	"a flag of a line": "run: mysql -p # main",
	"what was said": "I set the password # for the door.",
	"what was said of it": "The token for the bot is #, keep it.",
	"a URL of Telegram": "see: https://api.telegram.org/bot123456789:#/getMe",
	"a password with a slash": "db: postgres://ada:p/#@db.example.invalid/main",
	"a quoted text of two lines": `api_key: "first\n    #"`,
	"a folded text": "password: >-\n    first\n    #",
	"a name by itself": "? api_key\n: #",
	"brackets over lines": `{"credentials": {\n"first": "#"\n}}`,
	"what follows such brackets": `{"tokens": [\n"a"], "password": "#"}`,
	"a variable over lines of JSON": `{"env": {\n"FOO": "#"\n}}`,
	"a section of variables": `[a.env]\nFOO = "#"\n[b]\nport = 3`,
	"a section of credentials": `[a.credentials]\nany = "#"\n[a]\nport = 3`,
	"TOML of several lines": `passphrase = """\nfirst\n#"""`,
	"a name with a dot": "env.FOO: #",
	"a header of a flag": "args:\n- -H\n- 'X-Custom: #'",
	"a variable of a flag": "run: docker run -e FOO=# nginx",
	"a variable of a command": "run: env FOO=# hermes update",
	"a variable of a shell": "run: setx API_KEY #",
	"a row of a table": "| password | # |",
	XML: `<string name="api_key">#</string>`,
	"the other way round": "Use # as the password.",
	"a cookie of a session": "Cookie: theme=dark; PHPSESSID=#",
	"ssh without a question": "run: sshpass -p# ssh root@h",
	"ssh without a question, quoted": "run: sshpass -p '#' ssh root@h",
	"a flag of MySQL": "run: mysqldump -h db1 -uroot -p# main > x.sql",
	"a flag of Redis": "run: redis-cli -h localhost -a # ping",
	"a flag of OpenSSL": "run: openssl enc -aes-256-cbc -in a -out b -k #",
	"a source of OpenSSL": "run: openssl rsa -in a.pem -passin pass:#",
	"a flag of curl": "run: curl -su ada:# https://x.dev",
	"a flag of curl, joined": "run: curl -uada:# https://x.dev",
	"a login to a registry": "run: docker login -u ada \\\n  -p # x.dev",
	"a flag of an archive": "run: unzip -P # a.zip",
	"a user of Samba": "run: smbclient //nas/x -U ada%#",
	Chinese: "数据库密码：#，谢谢",
	"what was said in Chinese": "密码是#。",
	Russian: "пароль: #",
	"Russian, for something": "Пароль от почты — #",
	Spanish: "contraseña: #",
	"Spanish, for something": "la contraseña del wifi: #",
	"what was said in Spanish": "La contraseña es #",
	French: "mot de passe : #",
	Portuguese: "senha: #",
	Japanese: "パスワード: #",
	"what was said in Japanese": "パスワードは#です",
	Korean: "비밀번호: #",
	Dutch: "wachtwoord: #",
	"a short word": "pw #",
	"a short word in capitals": "PW # works",
	"a short word in a sentence": "my pass is # since May",
	"a login of a machine": "reach it as root:#@10.0.0.1 please",
	"a login of a named machine": "scp root:#@db1 x",
	"a password behind a login": "ssh root@h pass #",
	"a code of recovery": "recovery code #",
	"a column of Markdown":
		"| user | password | note |\n|---|:---:|---|\n| ada | # | old |",
	"a column of tokens": "user | token\n---- | -----\nada | `#`",
	"a column of psql": " user | secret \n------+--------\n ada  | # ",
	"a column of comma separated values":
		'name,url,password,note\n"x, y",https://x.dev,#,1',
	"what a list calls a setting":
		'[{"setting_name": "api_key", "setting_value": "#"}]',
};

/** The same in JSON, where it is read as values. */
export const VALUES: readonly ((secret: string) => unknown)[] = [
	(secret) => ({ env: { FOO: secret, LOG_LEVEL: "debug" } }),
	(secret) => ({ env: [{ name: "FOO", value: secret }] }),
	(secret) => ({ environment: [`FOO=${secret}`] }),
	(secret) => ({ headers: { "X-Thing": secret, Accept: "*/*" } }),
	(secret) => ({ headers: [`X-Thing: ${secret}`] }),
	(secret) => ({ auth: { type: "basic", x: secret } }),
	(secret) => ({ creds: { a: [{ b: secret }] } }),
	(secret) => ({ settings: [{ key: "slack_token", value: secret }] }),
	(secret) => ({ args: ["-p", secret] }),
	(secret) => ({ args: ["--password", secret, "-v"] }),
	(secret) => ({ args: ["-u", `ada:${secret}`] }),
	(secret) => ({ key: secret, other: 1 }),
	(secret) => ({ openai_key: secret }),
	(secret) => ({ oauth: { refresh: secret, access: secret } }),
	(secret) => ({ api: secret }),
	(secret) => ({ base: secret, copy: { password: secret } }),
	(secret) => ({ note: `the password ${secret} is old` }),
	(secret) => ({ [`sk-ant-api03-${secret}-0123456789`]: 1 }),
	(secret) => ({ body: JSON.stringify({ env: { FOO: secret } }) }),
	(secret) => ({ tokens: { deep: [secret] }, b: 2 }),
	(secret) => ({ contraseña: secret, n: 1 }),
	(secret) => ({ list: [{ setting_name: "api_key", setting_value: secret }] }),
	(secret) => ({ list: [{ k: "bot_token", v: secret }] }),
];

/** @param turn another one has none of the same secrets */
export function plantedKinds(turn: string): readonly Planted[] {
	const pin = `48${Number.parseInt(hex(turn, 6), 16) + 100_000}`;
	const code = drawn(turn, 20)
		.toUpperCase()
		.replace(/[IO01]/g, "");
	const pem = [
		"-----BEGIN OPENSSH PRIVATE KEY-----",
		`b3BlbnNzaC1rZXktdjE${drawn(`${turn}ssh`, 50)}`,
		drawn(`${turn}ssh2`, 70),
		"-----END OPENSSH PRIVATE KEY-----",
	];
	return [
		...Object.entries(byForm(turn)).map(([kind, secret]) => ({
			kind,
			secret,
			text: textAround(kind, secret),
		})),
		...Object.entries(BY_PLACE).map(([kind, text]) => {
			const secret = short(turn + kind);
			return { kind, secret, text: text.replaceAll("#", secret) };
		}),
		{ kind: "a number", secret: pin, text: `pin: ${pin}` },
		{
			kind: "a code that lets somebody in",
			secret: code.slice(0, 8),
			text: `Run: hermes pairing approve telegram ${code.slice(0, 8)}`,
		},
		{ kind: "an ssh key", secret: pem[1] ?? "", text: pem.join("\n") },
		{
			kind: "an ssh key in JSON",
			secret: pem[2] ?? "",
			text: JSON.stringify({ note: pem.join("\n") }),
		},
		...VALUES.map((make, index) => {
			const kind = `value ${index + 1} in JSON`;
			const secret = short(turn + kind);
			return { kind, secret, text: JSON.stringify(make(secret)) };
		}),
	];
}

function textAround(kind: string, secret: string): string {
	if (kind === "Slack webhook")
		return `notify: https://hooks.slack.com/services/${secret}`;
	if (kind === "Discord webhook")
		return `notify: https://discord.com/api/webhooks/1234567890/${secret}`;
	return `note: ${secret}`;
}
