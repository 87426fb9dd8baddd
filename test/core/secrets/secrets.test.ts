import { describe, expect, it } from "vitest";
import { maskValue } from "../../../src/core/secrets/mask-value.ts";
import { rankOf } from "../../../src/core/secrets/secret-names.ts";
import {
	isSecretFile,
	MASK,
	maskName,
	maskText,
} from "../../../src/core/secrets/secrets.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";
import { PLANTED, SECRETS } from "../../support/planted-secrets.ts";

describe("a file of secrets", () => {
	it.each([
		".env",
		"auth.json",
		"profiles/coder/.env",
		"pairing/a.json",
		"elsewhere/.env",
		"memories/env.bak",
		".env.old-2",
		"auth.json.20260101",
		"memories/auth.json.bak~",
	])("%s is told by the host, or by its name", (path) =>
		expect(isSecretFile(hermes, path)).toBe(true));
	it.each([
		"config.yaml",
		"state.db",
		"SOUL.md",
		"memories/tokenizer.md",
		"memories/env.md",
	])("%s is none", (path) => expect(isSecretFile(hermes, path)).toBe(false));
});

describe("a name", () => {
	it.each([
		...["OPENAI_API_KEY", "botToken", "client-secret", "password", "pwd"],
		...["refresh_tokens", "tokens", "FAL_KEY", "aws_secret_access_key"],
		...["webhook_url", "cookie", "Set-Cookie", "Authorization", "auth"],
		...["openaiAPIKey", "secret_id", "providers.nous.access_token", "pin"],
	])("%s is a secret's", (name) => expect(rankOf(name)).not.toBe("harmless"));
	it.each([
		...["max_tokens", "token_count", "author", "pinned", "keyboard"],
		...["input_tokens", "sort_key", "password_file", "api_key_env", "monkey"],
		...["token_url", "tokenizer", "authority", "compass", "passenger", "pint"],
		...["secretary", "token_expires_at", "session_key", "spinner", "auth_type"],
	])("%s is not", (name) => expect(rankOf(name)).toBe("harmless"));
});

describe("a secret", () => {
	it("is planted in more than fifty kinds, no two alike", () => {
		expect(PLANTED.length).toBeGreaterThanOrEqual(50);
		expect(new Set(SECRETS).size).toBe(SECRETS.length);
	});

	it.each(PLANTED)("is masked in a text: $kind", ({ text, secret }) => {
		expect(text).toContain(secret);
		const inJson = JSON.stringify({ text });
		const texts = [
			text,
			inJson,
			JSON.stringify({ body: inJson }),
			JSON.stringify([{ text }], null, 2),
			`before\n${text}\nafter`,
		];
		for (const one of texts) expect(maskText(one)).not.toContain(secret);
		expect(JSON.stringify(maskValue([{ text }]))).not.toContain(secret);
	});

	it.each([
		...["cache_#", "#_data", "sqlite_autoindex_#_1", "index #", "t-#"],
	])("is masked where it is part of the name of something: %s", (name) => {
		const keys = PLANTED.filter(({ text }) => text.startsWith("note: "));
		const seen = keys
			.map(({ secret }) => name.replace("#", secret))
			.filter((one, index) => maskName(one).includes(keys[index]?.secret ?? ""))
			// Words of a phrase stand in no name.
			.filter((one) => !one.includes(" winner "));
		expect(keys.length).toBeGreaterThan(20);
		expect(seen).toEqual([]);
	});

	it("is masked between others, and what follows is not", () => {
		const text = PLANTED.map(({ text }) => text).join("\n");
		const shown = maskText(`${text}\n\nlast: 3`);
		for (const { secret } of PLANTED) expect(shown).not.toContain(secret);
		expect(shown.split("\n").at(-1)).toBe("last: 3");
		expect(shown.split("\n")).toHaveLength(text.split("\n").length + 2);
	});

	it.each([
		["api_key: abc'def ghi", `api_key: ${MASK}`],
		['"password": "ab\\"cd", "n": 1', `"password": "${MASK}", "n": 1`],
		["PASSWORD=a&b;c # not a comment", `PASSWORD=${MASK}`],
		[
			"auth:\n  method: oauth\n  token: x1",
			`auth:\n  method: oauth\n  token: ${MASK}`,
		],
		["my password is hunter2, ok", `my password is ${MASK} ok`],
		[
			"<token>abc</token><name>x</name>",
			`<token>${MASK}</token><name>x</name>`,
		],
		["pin: 1234", `pin: ${MASK}`],
		["env:\n# c\n  A: x9y1\nb: 1", `env:\n# c\n  A: ${MASK}\nb: 1`],
		["use sk-abcdefghijklmnopqrstuvwx-yz now", `use ${MASK} now`],
		["secret: |\n  a\n   b\nc: d", `secret: |\n  ${MASK}\n   ${MASK}\nc: d`],
		['"a": {"b": 1}, "tokens": ["x"]', `"a": {"b": 1}, "tokens": ${MASK}`],
		["mysql -uada -pswordfish main", `mysql -uada -p${MASK} main`],
		["sshpass -pswordfish ssh a@b", `sshpass -p${MASK} ssh a@b`],
		["redis-cli -a swordfish ping", `redis-cli -a ${MASK} ping`],
		["openssl enc -k swordfish -in a", `openssl enc -k ${MASK} -in a`],
		["docker login -p swordfish x.dev", `docker login -p ${MASK} x.dev`],
		["curl -uada:swordfish x.dev", `curl -uada:${MASK} x.dev`],
		["echo swordfish | sudo -S ls", `echo ${MASK} | sudo -S ls`],
		["htpasswd -bc a ada swordfish", `htpasswd -bc a ada ${MASK}`],
		["ssh root@h pass swordFish, ok?", `ssh root@h pass ${MASK} ok?`],
		["ssh root:swordfish@db1 ls", `ssh root:${MASK}@db1 ls`],
		["密码：剑鱼，谢谢", `密码：${MASK}`],
		["现在密码：剑鱼，谢谢", `现在密码：${MASK}，谢谢`],
		["- пароль: рыба меч", `- пароль: ${MASK}`],
		["door_code: 4711", `door_code: ${MASK}`],
		['{"cvv": 471, "n": 3}', `{"cvv": ${MASK}, "n": 3}`],
		["The door code is 4711.", `The door code is ${MASK}.`],
		["PIN 4711", `PIN ${MASK}`],
		["access_code: 4711", `access_code: ${MASK}`],
		["Recovery codes: ab12-cd34", `Recovery codes: ${MASK}`],
		[
			"| who | Password |\n|--|--|\n| a | fish |",
			`| who | Password |\n|--|--|\n| a | ${MASK} |`,
		],
		[
			"user,pin\nada,4711\nbob,4712\n\nx,y",
			`user,pin\nada,${MASK}\nbob,${MASK}\n\nx,y`,
		],
	])("is all that is masked of %s", (text, shown) => {
		expect(maskText(text)).toBe(shown);
	});

	it.each([
		["hook.eu1.make.com/", "kx4mq2vbn7jhtr9wpls6dzfg3yc8"],
		["hooks.zapier.com/hooks/catch/1234567/", "bxkq12d"],
		["n8n.example.com/webhook/", "550e8400-e29b-41d4-a716-446655440000"],
		["chat.example.com/hooks/", "kxnmqrvbnajhtrowplsedzfgey"],
		["maker.ifttt.com/trigger/x/with/key/", "kxdefghijKLMnop"],
		[
			"acme.webhook.office.com/webhookb2/",
			"550e8400-e29b-41d4-a716-446655440000@550e8400-e29b-41d4-a716-446655440001",
		],
	])("is masked in the address of a webhook: %s", (before, secret) => {
		const shown = maskText(`see https://${before}${secret}/ for it`);
		expect(shown).toBe(`see https://${before}${MASK}/ for it`);
	});

	it("is masked in values by the names above it", () => {
		const value = {
			a: { token: "x", max_tokens: 4096, nothing: null },
			auth: { type: "oauth", password: 1234 },
			credentials: { user: "ada", on: true, list: ["x", 1_000_000] },
			rows: [
				{ key: "API_KEY", value: "x" },
				{ key: "theme", value: "dark" },
			],
			args: ["--token", "x", "y"],
		};
		expect(maskValue(value)).toEqual({
			a: { token: MASK, max_tokens: 4096, nothing: null },
			auth: { type: "oauth", password: MASK },
			credentials: { user: MASK, on: true, list: [MASK, MASK] },
			rows: [
				{ key: "API_KEY", value: MASK },
				{ key: "theme", value: "dark" },
			],
			args: ["--token", MASK, "y"],
		});
	});
});

describe("what is none", () => {
	it.each([
		"max_tokens: 4096\ntoken_count: 12\nauthor: Ada Lovelace\npinned: true",
		"keyboard: qwerty\nkey: value\ntokens: 5120\ntoken: 4096",
		"api_key: $OPENAI_API_KEY\ntoken: null\nuse_password: false",
		"auth: oauth\npassword_file: /run/secrets/db\nseed: 42",
		"default: anthropic/claude-sonnet-4-5-20250929\nurl: http://localhost:8080/v1",
		"20261121-014402-before-the-big-upgrade at 2026-11-21T01:14:02.000Z",
		"550e8400-e29b-41d4-a716-446655440000 call_abc123def456ghi789",
		"src/components/UserAccountSettingsPage2024.tsx:120",
		"getUserAccountInformationFromDatabase2 and snake_case_names_with_many_words_2",
		"commit 8af743c04fbdf6d127dfeadefc6460377199eca1",
		'"sha256": "8af743c04fbdf6d127dfeadefc6460377199eca19bca548479f9b01c741ae988"',
		"the branch sk-internationalization and the key-value-store",
		"A basic understanding of bearer tokens, and the token is invalid.",
		"Call +49 170 1234567 or 1234567890123, costs 12,345.67 USD.",
		"今天服务器更新失败请检查日志并恢复快照数据库会话消息模型配置",
	])("stays as it is: %s", (text) => {
		expect(maskText(text)).toBe(text);
	});

	it.each([
		...["max_tokens: 8192", "tokens: 131072", "max_tokens: 1000000"],
		...["model.default: hermes-4", "default: openai/gpt-5.2-codex"],
		...["key: ctrl+k", "key: F5", "record_key: ctrl+b", "leader_key: space"],
		...["session_key: agent:main:telegram:dm:123456789", "sort_key: createdAt"],
		...["key: agent:main:main", "key: theme", "key: displayName"],
		...["api: openai-completions", "api: https://api.example.com/v1"],
		...["auth: oauth", "auth: {type: basic, mode: token}", "refresh: hourly"],
		...["access: read-only", "access: 2026-11-21T01:14:02Z", "refresh: 30"],
		...[
			"env: production",
			"env: {LOG_LEVEL: debug, PORT: 8080}",
			"code: ENOENT",
		],
		...["env: {PATH: /usr/local/bin:/usr/bin, LANG: en_US.UTF-8, CI: true}"],
		...[
			"env: [OPENAI_API_KEY, HTTP_PROXY]",
			"env: {BASE_URL: http://x.dev/v1}",
		],
		...["env:\n- name: TIMEOUT\n  value: 30s", "TZ=Europe/Berlin\nDEBUG=1"],
		...['headers: {Accept: "*/*", anthropic-version: 2023-06-01}'],
		...["headers:\n  Content-Type: application/json", "headers: true"],
		...["run: docker run -p 8080:80 -u 1000:1000 nginx", "mkdir -p a/b"],
		...["claude -p 'fix the 2 bugs'", "exit code 137, status code is 2004"],
		...["schedule: 0 9 * * *", "passed: 12, failed: 3", "first_pass: fast"],
		...["base: &base\n  a: 1\nother: *base", "code: 4041", "pass: true"],
		...[
			"line\n".repeat(24),
			"lists of eleven plain words stay here, with many more behind it",
		],
		...[
			"numpy\npandas\nscipy\nflask\ndjango\nredis\ncelery\njinja\nclick\nrich\ntyper\nhttpx",
		],
		...["the token gpt-4 uses, the password file.txt, secret santa 2026"],
		...["mkdir -p build2/x7", "cp -p a1b2 b", "rsync -aP a1b2 h9:/x"],
		...["docker run -p 8080:80 nginx", "curl -k https://x.dev", "ls -a src2"],
		...["mysql -u root -p main", "mysql -P 3306 -h db1", "mysql -p$PASS main"],
		...["redis-cli -h localhost -p 6379 ping", "openssl s_client -key a2.pem"],
		...["pass the salt", "token limit is 4096", "the pass is 100%, not 95%"],
		...["pass *globalns* to it", "@main(__name__)  # pass __name__ or name2"],
		...["lhs_value, rhs_value = pair(rhs_value, key=environment_key)"],
		...["EnumValue = win32api.EnumValue", "ada@x.dev: pass the salt, please"],
		...["pass arg1 to it", "tests pass 12/12", "pass 1: parse", "pass utf8"],
		...["pin: 3.12", "python pin: 3.12.4", "PIN the 3 tabs", "zip_code: 10115"],
		...["mailto:ada7@example.com", "npm:lodash7@4.17.21", "user:group@host"],
		...["see the recovery code path2, and error code 4711 of the door"],
		...[
			"密码错误，请重试",
			"пароль нужно сменить",
			"la contraseña es obligatoria",
		],
		...["max_tokens,cost\n4096,12.5\n8192,13.5", "token, password\nand, more"],
		...[
			"| model | tokens |\n|---|---|\n| hermes-4 | 4096 |",
			"| token | meaning |\n|---|---|\n| word | a part of it |",
			"| user | note |\n|---|---|\n| ada | hunter7 |",
		],
		...[
			"https://docs.x.dev/webhooks/v2/getting-started-with-webhooks-2024",
			"https://github.com/a/b/blob/main/src/hooks/useAuth2.ts",
			"https://github.com/a/pre-commit-hooks/commit/8af743c04fbdf6d1",
			"https://hooks.x.dev/hooks/1234567/settings",
		],
		...["seed: 42 words of any kind follow here that nobody would keep secret"],
		...[
			"recovery will take the usual hour when every disk works and nobody asks",
		],
	])("stays as it is, for who compares: %s", (text) => {
		expect(maskText(text)).toBe(text);
	});

	it("stays as it is in values", () => {
		const value = {
			key: "ctrl+k",
			bindings: [{ key: "cmd+shift+p", command: "open" }],
			model: { default: "hermes-4", max_tokens: 8192, tokens: 131_072 },
			env: { LOG_LEVEL: "debug", NODE_ENV: "production", PORT: "8080" },
			headers: { Accept: "application/json", "User-Agent": "agent 1.0" },
			auth: { type: "oauth", url: "https://auth.example.com/login" },
			vars: [{ name: "TIMEOUT", value: "30s" }],
			code: "const a1b2 = 3;",
			refresh: 1_763_700_000_000,
		};
		expect(maskValue(value)).toEqual(value);
	});
});

describe("what a wallet is made anew from", () => {
	const words =
		"legal winner thank year wave sausage worth useful zebra yellow zoo able";
	it.each([
		words,
		`seed: ${words}`,
		`It is ${words}.`,
		words.replace("wave ", "wave\n"),
		words.replaceAll(" ", "\n").replace(/^/gm, () => "1. "),
		`my wallet seed ${words}`,
		`wallet seed ${words} keep them`,
		`Recovery phrase is ${words}, ok`,
		`phrase: ${"winner ".repeat(8)}sausage zebra canyon comfort`,
		`${words} dolphin ripple quantum velvet marble canyon walnut trophy jungle goblin comfort abandon`,
	])("is masked: %s", (text) => {
		const shown = maskText(text);
		for (const word of ["winner", "sausage", "zebra", "canyon"])
			expect(shown).not.toContain(word);
		expect(shown.split("\n")).toHaveLength(text.split("\n").length);
	});
});
