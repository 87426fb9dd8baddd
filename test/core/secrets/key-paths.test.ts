import { describe, expect, it } from "vitest";
import { keyDifferences } from "../../../src/core/diff/key-differences.ts";
import { maskValue } from "../../../src/core/secrets/mask-value.ts";
import { MASK, maskText } from "../../../src/core/secrets/secrets.ts";

const FILE = { isSecret: false, isOfVariables: false };

/** As a diff tells them. */
function told(left: unknown, right: unknown) {
	return keyDifferences(left, right, FILE).some;
}

describe("by its key, and by those above it", () => {
	it.each<[path: string, make: (word: string) => unknown]>([
		["smtp.pass", (word) => ({ smtp: { user: "ada", pass: word } })],
		["users[ada].pass", (pass) => ({ users: [{ name: "ada", pass }] })],
		["accounts.ada.pass", (pass) => ({ accounts: { ada: { pass } } })],
		["mail.PASS", (word) => ({ mail: { PASS: word } })],
		...["passwd", "pwd", "pw", "passphrase", "mot_de_passe", "motDePasse"].map(
			(name): [string, (word: string) => unknown] => [
				name,
				(word) => ({ [name]: word }),
			],
		),
		...["contraseña", "contrasena", "passwort", "senha", "senha_smtp"].map(
			(name): [string, (word: string) => unknown] => [
				name,
				(word) => ({ [name]: word }),
			],
		),
		["wifi.key", (key) => ({ wifi: { ssid: "home", key } })],
		["wifi[home].key", (key) => ({ wifi: [{ name: "home", key }] })],
		["router.wpa", (wpa) => ({ router: { wpa } })],
		["router.keys", (word) => ({ router: { keys: [word, "b"] } })],
		["elevenlabs.key", (key) => ({ elevenlabs: { key, voice: "x" } })],
		["proxy.auth", (word) => ({ proxy: { auth: `ada:${word}` } })],
		["db.login", (word) => ({ db: { login: `ada:${word}!9` } })],
		["keys[]", (word) => ({ keys: [`${word}4!`, "b"] })],
		["vault.unseal[]", (word) => ({ vault: { unseal: [word, "other"] } })],
		["vault.unseal_keys[]", (word) => ({ vault: { unseal_keys: [word] } })],
		["home_assistant.code", (code) => ({ home_assistant: { code } })],
		["security_answer", (word) => ({ security_answer: word })],
		["oauth.code", (code) => ({ oauth: { code } })],
		["oauth.state", (state) => ({ oauth: { state } })],
		[
			"shell_environment_policy.set.FOO",
			(FOO) => ({ shell_environment_policy: { set: { FOO } } }),
		],
	])("even a word is hidden in %s", (_, make) => {
		const words = ["sommerregen", "wintersonne"];
		const [left, right] = words.map(make);
		const said = told(left, right);
		expect(said.length).toBeGreaterThan(0);
		expect(said.every(({ isHidden }) => isHidden)).toBe(true);
		const shown = JSON.stringify([said, maskValue(left), maskValue(right)]);
		for (const word of words) expect(shown).not.toContain(word);
		expect(shown).toContain(MASK);
	});

	it("a code of a lock is hidden, a number though it is", () => {
		const code = (code: number) => ({ home_assistant: { code } });
		expect(JSON.stringify(told(code(4712), code(4713)))).not.toMatch(/471/);
	});

	it.each<unknown>([
		...[{ pass: 12 }, { tests: { pass: 12, fail: 0 } }, { pass: true }],
		...[{ smtp: { pass: null } }, { pass_file: "/run/secrets/smtp" }],
		...[{ smtp: { pass: "/run/secrets/smtp" } }, { smtp: { pass: "$PASS" } }],
		...[{ key: "ctrl+k" }, { bindings: [{ key: "k", hotkey: "ctrl+j" }] }],
		...[{ keymap: { keys: ["a", "b"], key: "value" } }, { keys: ["name"] }],
		...[{ auth: "none" }, { auth: "basic" }, { auth: true }, { login: true }],
		...[{ code: true, state: "open" }, { lint: { code: "eslint" } }],
		...[{ issue: { state: "open" } }, { oauth: { state: "pending" } }],
		...[{ router: { wpa: "wpa2-psk" } }, { set: { theme: "dark" } }],
		...[
			{ login: "https://x.dev/login", auth: "oauth" },
			{ sort: { key: "x" } },
		],
	])("an ordinary setting is not: %j", (value) =>
		expect(maskValue(value)).toEqual(value));
});

describe("in a text", () => {
	it.each([
		["smtp:\n  pass: sommerregen\nn: 1", `smtp:\n  pass: ${MASK}\nn: 1`],
		["smtp: {user: ada, pass: regen}", `smtp: {user: ada, pass: ${MASK}}`],
		['pass = "sommer regen"', `pass = "${MASK}"`],
		['{"pass":"sommerregen","n":1}', `{"pass":"${MASK}","n":1}`],
		["proxy:\n  auth: ada:winter", `proxy:\n  auth: ${MASK}`],
		[
			'[shell_environment_policy.set]\nFOO = "regen"\n[set]\nA = "b"',
			`[shell_environment_policy.set]\nFOO = "${MASK}"\n[set]\nA = "b"`,
		],
		["PIN for the safe: 30657", `PIN for the safe: ${MASK}`],
		["My encryption key is ijC0KuuEp1oV", `My encryption key is ${MASK}`],
		["my wifi key is Regen77wind", `my wifi key is ${MASK}`],
		["My recovery code is c5f0-3d15", `My recovery code is ${MASK}`],
		["login bob / Wolkeo4RR%bi", `login bob / ${MASK}`],
	])("it is all that is masked of %j", (text, shown) =>
		expect(maskText(text)).toBe(shown));

	it.each([
		...["pass: 12", "pass: true", "PASS: test of words", "pass: string;"],
		...["pass => $password,", "PIN for 3 tabs", "the master key is 256-bit"],
		...["| pass | fail |\n|---|---|\n| 120 | 3 |", "$login = $mach->login;"],
		...["the encryption key is stored", "login: true", "last login: 12:30"],
	])("it is none: %s", (text) => expect(maskText(text)).toBe(text));
});
