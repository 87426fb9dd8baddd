import { expect, it } from "vitest";
import type { Host } from "../../../src/core/home/host.ts";
import { plainHost, plainMachine, put } from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

const MIB = 1024 * 1024;

const host: Host = {
	...plainHost,
	critical: [
		...plainHost.critical,
		...[".env", "MEMORY.md", "seen.bin", "cache.json"].map((path) => ({
			path,
		})),
	],
};

const BEFORE: Readonly<Record<string, string>> = {
	".env": "A_KEY=x\n",
	"config.yaml": "model: one\n",
	"MEMORY.md": "Ada likes tea.\nBob likes coffee.\nCleo likes neither.\n",
	"seen.bin": "bytes",
	"cache.json": '{"a": 1}',
};

/** What a run says of a file that its command has left so. */
async function left(path: string, content: string | Buffer) {
	const on = plainMachine();
	for (const [name, text] of Object.entries(BEFORE)) put(on, name, text);
	on.programs.set("update", () => {
		put(on, path, content);
		return { exitCode: 0 };
	});
	on.clock.advance(3_600_000);
	return say(on, "run update", { host, prefix: "agent-snapshot" });
}

const GARBAGE = "x".repeat(80).concat("\n").repeat(70_000);

it.each<[path: string, content: string | Buffer, says: string]>([
	[".env", Buffer.alloc(4 * MIB), "holds nothing but NULs or blanks now"],
	[".env", Buffer.alloc(4 * MIB + 1), "holds nothing but NULs or blanks now"],
	["seen.bin", Buffer.alloc(9 * MIB), "holds nothing but NULs or blanks now"],
	["MEMORY.md", " \n".repeat(3 * MIB), "holds nothing but NULs or blanks now"],
	[
		"config.yaml",
		GARBAGE,
		"has grown to 5.7 MB, which is no configuration any more",
	],
	[".env", GARBAGE, "has grown to 5.7 MB, which is no configuration any more"],
	[
		"MEMORY.md",
		GARBAGE,
		"has grown to 5.7 MB, and does not begin with what it said",
	],
	["cache.json", GARBAGE, "cannot be parsed any more"],
])("%s that is ruined is found, however large: %#", async (path, content, says) => {
	const { text, exitCode } = await left(path, content);
	expect(text).toContain(`UNHEALTHY`);
	expect(text).toContain(`${path} ${says}`);
	expect(exitCode).toBe(14);
});

it.each<[path: string, content: string | Buffer]>([
	["MEMORY.md", `${BEFORE["MEMORY.md"]}${GARBAGE}`],
	["seen.bin", Buffer.concat([Buffer.alloc(9 * MIB), Buffer.from("x")])],
	["cache.json", JSON.stringify({ a: 1, b: GARBAGE })],
])("%s that has only grown is sound", async (path, content) => {
	const { text, exitCode } = await left(path, content);
	expect(text).toContain("What it left looks sound.");
	expect(exitCode).toBe(0);
});
