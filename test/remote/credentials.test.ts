import { describe, expect, it } from "vitest";
import { environmentOf } from "../../src/remote/credentials.ts";
import { HOME, plainMachine, put } from "../support/plain-agent.ts";

/** What restic is given when that stands in the environment file. */
function given(text: string, mode = 0o600) {
	const on = plainMachine();
	put(on, "password", "of the repository");
	put(on, "rest.env", text, mode);
	return environmentOf(on.system, {
		repository: "rest:https://example.org/",
		passwordFile: `${HOME}/password`,
		environmentFile: `${HOME}/rest.env`,
	});
}

describe("the environment file of a repository", () => {
	it.each([
		["plain", "A=one two", "one two"],
		["in double quotes", 'A="one # two"', "one # two"],
		["in single quotes", "A='it\"s'", 'it"s'],
		["with one quote", "A='it", "'it"],
		["for a shell", "# a comment\n\n  export A=1  \r\n", "1"],
		["with a sign of equality", "A=b=c==", "b=c=="],
		["empty", "A=", ""],
	])("holds values: %s", (_, text, value) => {
		expect(given(text)).toMatchObject({ A: value });
	});

	it.each([
		["a value alone", "A=1\nhunter2-secret\n"],
		["a zero byte", "A=1\nB=hunter2\0secret"],
		["a name with a dash", "A=1\nMY-KEY=hunter2-secret"],
	])("is refused with %s, which is not told", (_, text) => {
		expect(() => given(text)).toThrow(/^Line 2 of the environment file /);
		expect(() => given(text)).not.toThrow(/hunter2/);
	});

	it("is refused when others can read it", () => {
		expect(() => given("A=1", 0o640)).toThrow(/can be read by others/);
	});
});
