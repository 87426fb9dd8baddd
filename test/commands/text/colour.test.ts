import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { coloured, wantsColour } from "../../../src/commands/text/colour.ts";

describe("colour", () => {
	it.each([
		[true, {}, true],
		[false, {}, false],
		[true, { TERM: "dumb" }, false],
		[true, { NO_COLOR: "1" }, false],
		[true, { NO_COLOR: "" }, true],
		[false, { FORCE_COLOR: "1" }, true],
		[true, { FORCE_COLOR: "0" }, false],
		[true, { NO_COLOR: "1", FORCE_COLOR: "1" }, true],
	])("on a terminal: %j, with %j: %j", (isTerminal, environment, wanted) => {
		expect(wantsColour({ isTerminal, environment })).toBe(wanted);
	});

	it("changes no character that is shown, and little of a list", () => {
		const text =
			"A restore was interrupted: agent-snapshot recover finishes it.\n#  When   Label\n1  today  x [INCOMPLETE]\nDamaged, and not to be restored: y.\nPut one back with: agent-snapshot restore <number>";
		const shown = coloured(text, false);
		expect(stripVTControlCharacters(shown)).toBe(text);
		expect(shown.split("\n").at(-1)).not.toContain("\x1b");
		expect(shown).toContain("\x1b[1m#  When");
		expect(shown).toContain("\x1b[31mINCOMPLETE");
		expect(shown).toContain("\x1b[33mA restore was interrupted");
	});

	it.each([
		["DAMAGED", "1  today  x [DAMAGED]"],
		["FAILED", "Last drill FAILED: today."],
		["UNHEALTHY", "UNHEALTHY: it ended with 0."],
	])("is on what is wrong: %s", (word, text) => {
		expect(coloured(text, false)).toContain(`\x1b[31m${word}\x1b`);
	});

	it("says in red what failed", () => {
		expect(coloured("It failed.\nDo that.", true)).toBe(
			"\x1b[31mIt failed.\x1b[39m\nDo that.",
		);
	});
});
