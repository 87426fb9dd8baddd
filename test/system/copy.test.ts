import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { copyFile } from "../../src/core/files/copy.ts";
import { createDisk } from "../../src/system/disk.ts";
import type { Disk } from "../../src/system/system.ts";
import { scratch } from "../support/scratch.ts";

/** A disk on which this happens as soon as a file has been opened. */
function meanwhile(happens: () => void): Disk {
	const disk = createDisk(fs);
	return {
		...disk,
		open(path, how, mode) {
			const file = disk.open(path, how, mode);
			if (how === "read") happens();
			return file;
		},
	};
}

describe("copying a file of an agent that writes", () => {
	it("takes the version that it opened when another is renamed over it", () => {
		const dir = scratch();
		fs.writeFileSync(`${dir}/jobs.json`, "old");
		fs.writeFileSync(`${dir}/jobs.json.tmp`, "new");
		const disk = meanwhile(() =>
			fs.renameSync(`${dir}/jobs.json.tmp`, `${dir}/jobs.json`),
		);
		copyFile(disk, `${dir}/jobs.json`, `${dir}/copy`, () => {});
		expect(fs.readFileSync(`${dir}/copy`, "utf8")).toBe("old");
	});

	it.runIf(process.platform === "linux")(
		"takes nothing from behind a link",
		() => {
			const dir = scratch();
			fs.mkdirSync(`${dir}/there`);
			fs.writeFileSync(`${dir}/there/jobs.json`, "elsewhere");
			fs.symlinkSync(`${dir}/there`, `${dir}/here`);
			const disk = meanwhile(() => fs.unlinkSync(`${dir}/there/jobs.json`));
			expect(() =>
				copyFile(disk, `${dir}/here/jobs.json`, `${dir}/copy`, () => {}),
			).toThrow("exchanged");
		},
	);
});
