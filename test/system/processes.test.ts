import fs from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createProcesses } from "../../src/system/processes.ts";
import { holder } from "../support/holder.ts";
import { scratch } from "../support/scratch.ts";

const processes = createProcesses("1.2.3");

afterEach(() => vi.restoreAllMocks());

/** As where another process has something open on a network mount whose server has died. */
function failToStat(code: string, file: RegExp): void {
	const stat = fs.statSync;
	vi.spyOn(fs, "statSync").mockImplementation(((path: string) => {
		if (file.test(path)) throw Object.assign(new Error(code), { code });
		return stat(path);
	}) as typeof fs.statSync);
}

describe("processes", () => {
	it("are this one and the tool's version", () => {
		expect(processes).toMatchObject({ pid: process.pid, toolVersion: "1.2.3" });
		expect(processes.canSetOwner).toBe(process.geteuid?.() === 0);
	});
});

describe.skipIf(process.platform !== "linux")("the holders of a file", () => {
	it("are the other processes that have it open, by path and name", async () => {
		const dir = scratch();
		const [one, two, none] = [`${dir}/one`, `${dir}/two`, `${dir}/none`];
		for (const path of [one, two, none]) fs.writeFileSync(path, "x");
		const { pid } = await holder("open", one, two);
		const own = fs.openSync(none, "r");
		const found = processes.holders([one, two, none]);
		fs.closeSync(own);
		const [held] = found?.get(one) ?? [];
		expect(held).toMatchObject({ pid, isGone: false });
		expect(held?.command).toMatch(/^(node|MainThread)/);
		expect(found?.get(two)).toEqual([held]);
		expect(found?.has(none)).toBe(false);
	});

	it("are still holders when the file was renamed over or removed", async () => {
		const path = `${scratch()}/file`;
		fs.writeFileSync(path, "x");
		const { pid } = await holder("open", path);
		fs.writeFileSync(`${path}.new`, "y");
		fs.renameSync(`${path}.new`, path);
		expect(processes.holders([path])?.get(path)?.[0]).toMatchObject({
			pid,
			isGone: true,
		});
		fs.unlinkSync(path);
		expect(processes.holders([path])?.get(path)?.[0]).toMatchObject({
			pid,
			isGone: true,
		});
	});

	it("are found for a file whose own name ends in (deleted)", async () => {
		const path = `${scratch()}/file (deleted)`;
		fs.writeFileSync(path, "x");
		const { pid } = await holder("open", path);
		expect(processes.holders([path])?.get(path)?.[0]).toMatchObject({
			pid,
			isGone: false,
		});
	});

	it("are asked for what they have open below a directory, deleted or not", async () => {
		const [dir, other] = [scratch(), scratch()];
		const [kept, gone, elsewhere] = [`${dir}/a/x`, `${dir}/y`, `${other}/z`];
		fs.mkdirSync(`${dir}/a`);
		for (const path of [kept, gone, elsewhere]) fs.writeFileSync(path, "x");
		await holder("open", kept, gone, elsewhere);
		fs.unlinkSync(gone);
		expect(new Set(processes.openBelow([dir]))).toEqual(new Set([kept, gone]));
		expect(processes.openBelow([`${dir}/a`, `${dir}/b`])).toEqual([kept]);
	});

	it.each([
		"ENOTCONN",
		"ESTALE",
		"EHOSTDOWN",
		"EIO",
	])("are found beside a process whose files cannot be looked at: %s", async (code) => {
		const path = `${scratch()}/file`;
		fs.writeFileSync(path, "x");
		const { pid } = await holder("open", path);
		const { pid: other } = await holder("open", path);
		failToStat(code, new RegExp(`^/proc/${other}/fd/`));
		const pids = processes
			.holders([path])
			?.get(path)
			?.map((one) => one.pid);
		expect(new Set(pids)).toEqual(new Set([pid, other]));
	});

	it("are not said to be nobody for want of handles of our own", () => {
		failToStat("EMFILE", /^\/proc\//);
		expect(() => processes.holders(["/x"])).toThrow("EMFILE");
	});

	it("are nobody once the process has ended", async () => {
		const path = `${scratch()}/file`;
		fs.writeFileSync(path, "x");
		const { kill } = await holder("open", path);
		await kill();
		expect(processes.holders([path])?.size).toBe(0);
	});
});
