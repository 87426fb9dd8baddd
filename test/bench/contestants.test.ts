import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putTogether, whyNotTheSame } from "../../bench/check.ts";
import { whoIsHere } from "../../bench/contestants.ts";
import { changeFiles, makeHome } from "../../bench/home.ts";
import { PYTHON, runMeasured } from "../../bench/run.ts";
import { bytesOnDisk, Scratch } from "../../bench/scratch.ts";
import { Site } from "../../bench/site.ts";
import { digestOf } from "../../bench/state-db.ts";

const canMeasure = process.platform === "linux" && fs.existsSync(PYTHON);
const inNode = ["original", "naive", "cp", "ours"];

describe.runIf(canMeasure)("those that the bench compares", () => {
	let scratch: Scratch;
	let site: Site;
	const { contestants } = whoIsHere();
	const compared = contestants.filter(({ name }) => inNode.includes(name));

	beforeAll(() => {
		scratch = new Scratch();
		site = new Site(scratch, 200_000, 12);
	});
	afterAll(async () => {
		await site.remove();
		scratch.remove();
	});

	it.each(
		compared,
	)("$name saves a home whose log holds messages, and puts it back", async (one) => {
		const agent = await site.agent();
		await agent.append(7);
		site.newStores([one]);
		await site.create(one, "wanted");
		site.check(one);
		const wanted = digestOf(path.join(site.home, "state.db"));

		await agent.append(5);
		await site.stopAgent();
		await site.run(one, (place) => one.restore(place, site.home));
		expect(digestOf(path.join(site.home, "state.db"))).toEqual(wanted);
	});

	it("are told apart when one of them is wrong", async () => {
		const [one] = compared;
		if (one === undefined) throw new Error("nobody is here");
		const agent = await site.agent();
		site.newStores([one]);
		await site.create(one, "before");
		await agent.append(1);
		expect(() => site.check(one)).toThrow("is wrong");
	});

	it("are measured with their whole tree, and fail when their command does", async () => {
		const line = "head -c 1000000 /dev/zero | sort > out; exit";
		const cwd = scratch.folder("run");
		const env = scratch.env;
		const ran = await runMeasured({ words: ["sh", "-c", line], cwd, env });
		expect(ran.written).toBeGreaterThanOrEqual(1_000_000);
		expect(ran.memory).toBeGreaterThan(1_000_000);
		await expect(
			runMeasured({ words: ["sh", "-c", `${line} 3`], cwd, env }),
		).rejects.toThrow("ended with 3");
	});
});

describe("the bench's homes", () => {
	const scratch = new Scratch();
	afterAll(() => scratch.remove());

	it("are the same for the same seed, with as many files as were asked for", () => {
		const [one, other] = ["one", "other"].map((name) => scratch.folder(name));
		if (one === undefined || other === undefined) throw new Error("no folders");
		for (const home of [one, other]) makeHome(home, 100_000, 15);
		expect(whyNotTheSame(one, other)).toBeUndefined();
		const files = fs
			.readdirSync(one, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && !entry.name.startsWith("state.db"));
		expect(files).toHaveLength(15);

		changeFiles(one, 3, 1);
		expect(whyNotTheSame(one, other)).toMatch(/is another/);
	});

	it("are put together from parts as the format says", () => {
		const [whole, parts] = [scratch.folder("whole"), scratch.folder("parts")];
		makeHome(whole, 100_000, 10);
		fs.cpSync(whole, parts, { recursive: true });
		const bytes = fs.readFileSync(path.join(whole, "state.db"));
		fs.rmSync(path.join(parts, "state.db"));
		fs.mkdirSync(path.join(parts, "state.db"));
		for (const [number, from] of [0, 40_000, 80_000].entries())
			fs.writeFileSync(
				path.join(parts, `state.db/00000${number}`),
				bytes.subarray(from, from + 40_000),
			);
		const rest = bytes.subarray(120_000);
		fs.writeFileSync(path.join(parts, "state.db/000003"), rest);
		putTogether(parts);
		expect(whyNotTheSame(whole, parts)).toBeUndefined();
	});

	it("count a file with two names once", () => {
		const folder = scratch.folder("linked");
		const file = path.join(folder, "a");
		fs.writeFileSync(file, Buffer.alloc(100_000, 1));
		const before = bytesOnDisk([folder]);
		fs.linkSync(file, path.join(folder, "b"));
		expect(bytesOnDisk([folder])).toBe(before);
	});
});
