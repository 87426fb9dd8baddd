import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { holdsSecret } from "../../src/archive/secret-in-file.ts";
import { root } from "../support/paths.ts";

const KEY = "sk-ant-api03-aB3dE5fG7hJ9kL2mN4pQ6rS8tU0vW";
const PRIVATE = `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${"MIIEpAIBAAKCAQEA".repeat(9)}\n`;
const MEGABYTE = 1024 * 1024;

async function* chunksOf(bytes: Buffer) {
	for (let at = 0; at < bytes.length; at += 256 * 1024)
		yield bytes.subarray(at, at + 256 * 1024);
}

const holds = (bytes: Buffer) => holdsSecret(chunksOf(bytes), bytes.length);

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
