import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findSecret } from "../../src/archive/secret-in-file.ts";
import { root } from "../support/paths.ts";
import { PLANTED } from "../support/planted-secrets.ts";

const KEY = "sk-ant-api03-aB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW";
const PRIVATE = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${"MIIEpAIBAAKCAQEA".repeat(9)}\n`;
const MEGABYTE = 1024 * 1024;

async function* chunksOf(bytes: Buffer) {
	for (let at = 0; at < bytes.length; at += 256 * 1024)
		yield bytes.subarray(at, at + 256 * 1024);
}

const found = (bytes: Buffer) => findSecret(chunksOf(bytes), bytes.length);
const holds = async (bytes: Buffer) => (await found(bytes)) !== undefined;

/** As random as any, and the same every time. */
function drawn(length: number, seed: string): Buffer {
	const pieces: Buffer[] = [];
	for (let at = 0; at * 64 < length; at++)
		pieces.push(createHash("sha512").update(`${seed}${at}`).digest());
	return Buffer.concat(pieces).subarray(0, length);
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const utf16le = (text: string) => Buffer.from(text, "utf16le");
const utf16be = (text: string) => utf16le(text).swap16();
const amid = (text: string) =>
	Buffer.concat([drawn(50_000, "a"), latin1(text), drawn(5000, "b")]);

describe("a secret is found", () => {
	const settings = `Café\nANTHROPIC_API_KEY=${KEY}\n`;
	const said = "Пароль, 密码\npassword: Tr0ub4dor&3\n";
	it.each<[string, Buffer]>([
		["in Latin-1", latin1(settings)],
		["in Latin-1, known by its name alone", latin1("é\npassword: hunter22\n")],
		["before a zero byte", latin1("password: hunter22\n\0")],
		["between variables of a process", latin1("A=é\0DB_PASS=hunter22\0B=2\0")],
		[
			"before zero bytes up to the end of a page",
			Buffer.from("密码: hunter22\n".padEnd(4096, "\0")),
		],
		["in UTF-16 with a mark", utf16le(`\uFEFF${said}`)],
		["in UTF-16 with a mark, the other way", utf16be(`\uFEFF${said}`)],
		["in UTF-16 without one", utf16le(said)],
		["in UTF-16 without one, the other way", utf16be(said)],
		["in UTF-16 that has been cut", utf16le(settings).subarray(0, -1)],
		[
			"behind UTF-16, in ASCII",
			Buffer.concat([utf16le("\uFEFFHello\n"), latin1(settings)]),
		],
		[
			"in UTF-32",
			Buffer.concat([...settings].map((one) => utf16le(`${one}\0`))),
		],
		[
			"in UTF-32 with a mark",
			Buffer.concat([...`\uFEFF${said}`].map((one) => utf16le(`${one}\0`))),
		],
		[
			"in UTF-16 without a mark that is Chinese nearly all",
			utf16le(`${"密码在哪里我不知道".repeat(500)}\npassword: Tr0ub4dor&3\n`),
		],
		[
			"in UTF-16 without a mark that is Chinese nearly all, the other way",
			utf16be(`${"密码在哪里我不知道".repeat(500)}\npassword: Tr0ub4dor&3\n`),
		],
		["amid other bytes", amid(KEY)],
		["amid other bytes, in UTF-16", amid(utf16le(KEY).toString("latin1"))],
		["amid other bytes, as a variable", amid("\nDB_PASSWORD=correct-horse\n")],
		["amid other bytes, a private key", amid(PRIVATE)],
		[
			"in a picture",
			Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), latin1(KEY)]),
		],
		[
			"behind the first megabytes of a text",
			latin1(`${"a line\n".repeat(900_000)}It is ${KEY}.\n`),
		],
	])("%s", async (_, bytes) => {
		expect(await holds(bytes)).toBe(true);
	});

	const CODED = "aB3dE5fG7hJ9kL2mN4pQ6rS8";
	const pem = `-----BEGIN PRIVATE KEY-----\n${`${"MIIEvQIBADANBgkq".repeat(4)}\n`.repeat(9)}-----END PRIVATE KEY-----`;
	it.each([
		["a variable", "DB_PASSWORD=Xq7vT2mL9pRz4w"],
		["a quoted variable", 'DB_PASSWORD="Xq7vT2mL9pRz4w"'],
		["of GitHub", `ghp_${CODED}`],
		["of Anthropic", `sk-ant-api03-${CODED}`],
		["of Google", `AIza${CODED}`],
		["of Slack", `xoxb-${CODED}`],
		["of Amazon", "AKIA2BTFZYQUBAEAKPDC"],
		["of age", `AGE-SECRET-KEY-1${CODED.toUpperCase()}`],
		["a private key", pem],
	])("behind what is escaped in a long text of JSON: %s", async (_, secret) => {
		const harmless = `${JSON.stringify({ role: "user", text: "Fine weather, \n is it not?" })}\n`;
		const turn = (content: string) => JSON.stringify({ content });
		const said = `see\n${secret}\nbye`;
		const texts = [
			turn(said),
			turn(turn(said)),
			turn(turn(turn(said))),
			turn(said).replaceAll("\\n", "\\u000a"),
			turn(`"${secret}"`),
		];
		for (const text of texts) {
			const long = harmless.repeat(20_000) + text;
			expect(long.length).toBeGreaterThan(MEGABYTE);
			expect(await holds(latin1(long)), text).toBe(true);
		}
		expect(await holds(latin1(harmless.repeat(20_000)))).toBe(false);
	});

	it.each([
		"password: kegxsDoPvf",
		'PASSWORD = "mBzoVljCNK"',
		"password: &hwSJdm^TB.a*d",
		"smtp:\n  pass: sommerregen",
		'api_key: "swordfish"',
		'{"client_secret":"correct-horse-battery"}',
	])("that is a word of letters and signs behind its name: %s", async (said) => {
		expect(await holds(Buffer.from(`# mine\n${said}\n`))).toBe(true);
	});

	it("of each kind that masks hide, in a text or in JSON of one", async () => {
		const missed: string[] = [];
		for (const { kind, text } of PLANTED) {
			const inJson = JSON.stringify({ text });
			const twice = JSON.stringify({ body: inJson });
			const listed = JSON.stringify([{ text }], null, 2);
			for (const one of [text, inJson, twice, listed, `before\n${text}\n`])
				if (!(await holds(Buffer.from(one)))) missed.push(`${kind}: ${one}`);
		}
		expect(missed).toEqual([]);
	});

	it.each([
		["password: hunter2xyz", 1],
		["# Notes\n\nThe door opens with\n\npassword: swordfish\n", 5],
		["//registry.example.dev/:_authToken=a1b2c3d4e5f6a7b8c9d0", 1],
		["machine x.org login ada password Xq7vT2mL9pRz4w", 1],
		[`#!/bin/sh\nset -e\ncurl -H "X-Key: ${KEY}" x.dev\n`, 3],
		['ROOT="$2"\nTOKEN="Xq7vT2mL9pRz4w"\n', 2],
		['[db]\nhost = "x"\npassword = "Tr0ub4dor&3"\n', 3],
		["https://ada:Xq7vT2mL9pRz4w@x.org/", 1],
	])("on its line: %j", async (text, line) => {
		expect(await found(Buffer.from(text))).toMatchObject({ line });
	});

	it("wherever the border of what is read at once lies", async () => {
		const before = drawn(MEGABYTE + 8 * 1024 + 100, "c");
		for (let at = MEGABYTE - 60; at < before.length; at += 997) {
			const bytes = Buffer.concat([
				before.subarray(0, at),
				latin1(` ${KEY} `),
				before,
			]);
			expect(await holds(bytes), String(at)).toBe(true);
		}
	});
});

describe("nothing is taken for a secret", () => {
	const inModules = path.join(root, "node_modules");
	const binaries = fs
		.readdirSync(inModules, { recursive: true, encoding: "utf8" })
		.filter((name) =>
			/\.(?:node|wasm|png|gif|woff2?|ttf)$|\/bin\/esbuild$/.test(name),
		)
		.map((name) => path.join(inModules, name))
		.filter((file) => fs.statSync(file).isFile())
		.slice(0, 60);

	it("in programs, pictures and fonts", async () => {
		expect(binaries.length).toBeGreaterThan(3);
		const taken: string[] = [];
		for (const file of binaries)
			if (await holds(fs.readFileSync(file))) taken.push(file);
		expect(taken).toEqual([]);
	});

	it("in bytes that were drawn", async () => {
		const lengths = [16, 32, 64, 500, 5000, 700_000, 3 * MEGABYTE];
		const all = Array.from({ length: 200 }, (_, at) =>
			drawn(lengths[at < 193 ? at % 5 : at - 193] ?? 0, `seed ${at}`),
		);
		const taken = await Promise.all(all.map(holds));
		expect(taken.filter(Boolean)).toEqual([]);
	});

	it.each([
		'#!/bin/sh\nROOT="$2"\nOUT="$1"\nDIR="$(pwd)"\nRETVAL="$?"\n',
		'TOKEN="$(cat "$HOME/.token")"\nexport API_KEY="$2"\nPASS=`askpass`\n',
		"sha256=q1w2E3r4T5y6U7i8O9p0A1s2D3f4G5h6J7k8L9z0X1c\n",
		"sha256sum=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n",
		"token = self._lexer.next_token(2)\npassword = getpass.getpass()\n",
		"auth = credentials[1].encode('ascii')\nkey: str = os.environ['API_KEY1']\n",
		"Set `API_KEY=your-key-1` or `token: <token2>`; see https://x.dev/a/b1c2d3e4f5a6b7c8\n",
		"password_file: /run/secrets/db1\ntoken_url: https://x.dev/oauth2/token\n",
		'HOME_URL="https://www.debian.org/"\nSUPPORT_URL="https://www.debian.org/support"\n',
		"see commit 9fb02b526f1cd3b859a530a01adb08bc0d089f4f for the token\n",
	])("in %j", async (text) => {
		expect(await found(Buffer.from(text))).toBeUndefined();
	});

	it.each<[string, Buffer]>([
		["nothing", latin1("")],
		["a text in Latin-1", latin1("Café au lait, bitte schön.\n")],
		["a text in UTF-16", utf16le("\uFEFFThe key is under the mat.\n")],
		["headers of keys", amid("-----BEGIN RSA PRIVATE KEY-----\n\n\0")],
		["words of programs", amid("glibc-ld.so.cache1.1ld.so-1.7.0dl-cache.c")],
		["help", amid("\nRESTIC_PASSWORD=yourpassword\nAPI_KEY=%s%s%s%s%s\n")],
	])("in %s", async (_, bytes) => {
		expect(await holds(bytes)).toBe(false);
	});
});
