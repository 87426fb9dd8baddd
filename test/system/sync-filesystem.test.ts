import fs from "node:fs";
import { describe, expect, it } from "vitest";
import {
	syncFilesystem,
	tellsErrors,
} from "../../src/system/sync-filesystem.ts";
import { scratch } from "../support/scratch.ts";

describe("one barrier for a filesystem", () => {
	it.each([
		["5.8.0", true],
		["5.15.0-91-generic", true],
		["6.1.0", true],
		["10.0", true],
		["5.7.19", false],
		["4.18.0-553.el8_10.x86_64", false],
		["4.4.0", false],
		["", false],
		["nonsense", false],
	])("is trusted with Linux %s: %s", (release, isTrusted) => {
		expect(tellsErrors(release)).toBe(isTrusted);
	});

	it.runIf(process.platform === "linux")(
		"is not tried where nobody says what it is worth",
		() => {
			expect(syncFilesystem("/proc")).toBe(false);
		},
	);

	it("is not tried for a name that cannot be passed on", () => {
		expect(syncFilesystem(`${scratch()}/\udcff`)).toBe(false);
	});

	it("answers for a directory of the disk, and leaves it as it is", () => {
		const dir = scratch();
		fs.writeFileSync(`${dir}/file`, "x");
		expect(typeof syncFilesystem(dir)).toBe("boolean");
		expect(fs.readdirSync(dir)).toEqual(["file"]);
	});
});
