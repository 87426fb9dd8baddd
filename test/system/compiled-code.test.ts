import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

/** What a process says that loads it so; what V8 made of it is kept when it ends. */
function said(file: string, directory: string, more = {}): string {
	const ours = path.join(root, "src/system/compiled-code.ts");
	const script = `
		import { requireKept } from ${JSON.stringify(ours)};
		const { say } = requireKept(${JSON.stringify(file)}, ${JSON.stringify(directory)}, "list");
		console.log(say());`;
	const args = ["--input-type=module", "-e", script];
	const env = { ...process.env, ...more };
	return execFileSync(process.execPath, args, { encoding: "utf8", env }).trim();
}

function engine(says: string): string {
	return `// ${says}\n(function (exports) { exports.say = function () { return "${says}"; }; })`;
}

function scene() {
	const directory = scratch();
	const file = path.join(scratch(), "main.cjs");
	fs.writeFileSync(file, engine("one"));
	const kept = () => path.join(directory, fs.readdirSync(directory)[0] ?? "");
	return { directory, file, kept };
}

describe("V8's compiled code", () => {
	it("is kept, for the owner only, and used by the next start", () => {
		const { directory, file, kept } = scene();
		expect(said(file, directory)).toBe("one");
		expect(fs.readdirSync(directory)).toHaveLength(1);
		expect(fs.statSync(kept()).mode & 0o777).toBe(0o600);
		const { ino } = fs.statSync(kept());
		expect(said(file, directory)).toBe("one");
		expect(fs.statSync(kept()).ino).toBe(ino);
	});

	it("is not used for another file of the same length", () => {
		const { directory, file } = scene();
		said(file, directory);
		fs.writeFileSync(file, engine("two"));
		expect(said(file, directory)).toBe("two");
		expect(said(file, directory)).toBe("two");
	});

	it("is not used when it is damaged, and kept anew", () => {
		const { directory, file, kept } = scene();
		said(file, directory);
		const whole = fs.readFileSync(kept());
		for (const at of [0, 30, whole.length >> 2, whole.length - 1]) {
			const bytes = Buffer.from(whole);
			bytes[at] = (bytes[at] ?? 0) ^ 1;
			fs.writeFileSync(kept(), bytes);
			expect(said(file, directory)).toBe("one");
			expect(fs.readFileSync(kept()).equals(bytes)).toBe(false);
		}
		for (const bytes of [whole.subarray(0, 99), Buffer.alloc(whole.length)]) {
			fs.writeFileSync(kept(), bytes);
			expect(said(file, directory)).toBe("one");
		}
	});

	it("is done without where nothing can be written", () => {
		const { file } = scene();
		expect(said(file, "/proc/nowhere")).toBe("one");
	});

	it("is kept of files beside it, too, and then anew of all that were loaded", () => {
		const { directory, file } = scene();
		const beside = (name: string) => path.join(path.dirname(file), name);
		fs.writeFileSync(beside("rest.cjs"), engine("rest"));
		fs.writeFileSync(beside("rare.cjs"), engine("rare"));
		const loads = `exports.say = () => (process.env.LOAD ?? "").split(" ")
			.map((name) => name && load(name + ".cjs").say()).join(" ") || "one";`;
		fs.writeFileSync(
			file,
			`// one\n(function (exports, ...given) { const load = given[4]; ${loads} })`,
		);
		const kept = () =>
			fs
				.readdirSync(directory)
				.map((name) => path.join(directory, name))
				.map((at) => `${at} ${fs.statSync(at, { bigint: true }).ctimeNs}`);
		const seen = new Set<string>();
		for (const [index, LOAD] of ["", "rest", "rest rare"].entries()) {
			expect(said(file, directory, { LOAD })).toBe(LOAD || "one");
			const now = kept();
			expect(now).toHaveLength(index + 1);
			expect(now.filter((one) => seen.has(one))).toEqual([]);
			for (const less of ["", "rest", "rest rare"].slice(0, index + 1))
				expect(said(file, directory, { LOAD: less })).toBe(less || "one");
			expect(kept()).toEqual(now);
			for (const one of now) seen.add(one);
		}
	});
});
