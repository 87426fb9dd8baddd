import { expect, it } from "vitest";
import { belowHome } from "../../../src/core/home/below-home.ts";
import { printable } from "../../../src/core/words.ts";
import { agentOn, HOME, plainMachine } from "../../support/plain-agent.ts";

it.each([
	["./letters/", "letters"],
	[`${HOME}/letters/ada.txt`, "letters/ada.txt"],
	// As a name that is no UTF-8 is printed, and as it is.
	[printable("letters/caf\udce9.md"), "letters/caf\udce9.md"],
	["letters/caf\udce9.md", "letters/caf\udce9.md"],
	["letters/\\u00e9", "letters/\\u00e9"],
])("%s is a path below the home", (typed, path) => {
	expect(belowHome(typed, agentOn(plainMachine()))).toBe(path);
});
