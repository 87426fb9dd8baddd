import { execFileSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import fs from "fs-extra";
import { describe, expect, it } from "vitest";
import { createDisk } from "../../src/system/disk.ts";
import { scratch } from "../support/scratch.ts";

const disk = createDisk(fs);
const ODD = "bad\udcff\udcfename";
const code = (name: string) => expect.objectContaining({ code: name });

function write(path: string, text: string): void {
	const file = disk.open(path, "create", 0o600);
	disk.write(file, Buffer.from(text));
	disk.close(file);
}

function read(path: string): string {
	const file = disk.open(path, "read");
	const buffer = Buffer.alloc(100);
	const length = disk.read(file, buffer);
	disk.close(file);
	return buffer.subarray(0, length).toString();
}

/** Only root may mark files, and only some filesystems can. */
function canBeMarked(): boolean {
	const file = `${fs.mkdtempSync(`${os.tmpdir()}/agent-snapshot-test-`)}/file`;
	fs.writeFileSync(file, "");
	try {
		for (const mark of ["+a", "-a"])
			execFileSync("chattr", [mark, file], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	} finally {
		fs.removeSync(path.dirname(file));
	}
}

describe("a real disk", () => {
	it.each([
		-(2 ** 31) * 1000,
		-1000,
		-1.5,
		0,
		1_700_000_000_123.456,
	])("sets a time to the microsecond, also before 1970: %d", (time) => {
		const file = `${scratch()}/file`;
		write(file, "");
		disk.setTime(file, time);
		expect(disk.stat(file)?.mtime).toBe(time);
		if (time % 1000 === 0)
			expect(fs.statSync(file, { bigint: true }).mtimeNs % 1_000_000_000n).toBe(
				0n,
			);
	});

	it("says what is there, and nothing of what is not", () => {
		const dir = scratch();
		write(`${dir}/file`, "four");
		expect(disk.stat(`${dir}/file`)).toMatchObject({
			kind: "file",
			size: 4,
			mode: 0o600,
		});
		expect(disk.stat(dir)?.kind).toBe("directory");
		expect(disk.stat(`${dir}/none`)).toBeUndefined();
		expect(disk.stat(`${dir}/file/below`)).toBeUndefined();
		expect(disk.stat(`${dir}/${"ä".repeat(200)}`)).toBeUndefined();
	});

	it("finds nothing below a link that leads to itself", () => {
		const dir = scratch();
		fs.symlinkSync("loop", `${dir}/loop`);
		expect(createDisk(fs).stat(`${dir}/loop`)?.kind).toBe("link");
		expect(createDisk(fs).stat(`${dir}/loop/file`)).toBeUndefined();
	});

	it("follows no link: not to look, to read, to write or to remove", () => {
		const dir = scratch();
		write(`${dir}/target`, "mine");
		disk.link(`${dir}/target`, `${dir}/link`);
		disk.link("/nowhere", `${dir}/dangling`);
		expect(disk.stat(`${dir}/link`)?.kind).toBe("link");
		expect(disk.readLink(`${dir}/link`)).toBe(`${dir}/target`);
		expect(() => disk.open(`${dir}/link`, "read")).toThrow(code("ELOOP"));
		expect(() => disk.open(`${dir}/link`, "create")).toThrow();
		expect(() => disk.open(`${dir}/dangling`, "create")).toThrow(
			code("EEXIST"),
		);
		disk.unlink(`${dir}/link`);
		expect(read(`${dir}/target`)).toBe("mine");
	});

	it("trusts no signature of a file that was written to within a tick of the clock", () => {
		const file = `${scratch()}/file`;
		write(file, "four");
		const written = fs.statSync(file).mtimeMs;
		const looking = (later: number) => createDisk(fs, () => written + later);
		const signature = (later: number) => looking(later).stat(file)?.signature;
		expect(signature(5)).not.toBe(signature(5));
		expect(signature(50)).not.toBe(signature(5));
		expect(signature(50)).toBe(signature(1000));
	});

	it("trusts it even less where times are kept in whole seconds", () => {
		const file = `${scratch()}/file`;
		write(file, "four");
		fs.utimesSync(file, 5, 5);
		const later = (ms: number) => createDisk(fs, () => 5000 + ms).stat(file);
		expect(later(2000)?.signature).not.toBe(later(2000)?.signature);
		expect(later(3000)?.signature).toBe(later(4000)?.signature);
	});

	it("asks whether a file or directory can be moved, and moves nothing, whatever it is", () => {
		const dir = scratch();
		for (const name of ["full", "empty", "other"])
			disk.makeDirectory(`${dir}/${name}`, 0o700);
		for (const name of ["file", "full/something", "other/inner"])
			write(`${dir}/${name}`, name);
		disk.link("/nowhere", `${dir}/dangling`);
		for (const name of ["file", "dangling", "none", "empty", "other"])
			expect(disk.isKept(`${dir}/${name}`, `${dir}/full`)).toBe(false);
		const names = ["dangling", "empty", "file", "full", "other"];
		expect(disk.names(dir)).toEqual(names);
		expect(disk.names(`${dir}/full`)).toEqual(["something"]);
		expect(disk.names(`${dir}/other`)).toEqual(["inner"]);
	});

	it.runIf(canBeMarked())("is told of what may only be appended to", () => {
		const dir = scratch();
		for (const name of ["full", "log"])
			disk.makeDirectory(`${dir}/${name}`, 0o700);
		for (const name of ["kept", "full/something", "log/inside"])
			write(`${dir}/${name}`, name);
		const marked = [`${dir}/kept`, `${dir}/log`];
		execFileSync("chattr", ["+a", ...marked]);
		try {
			expect(disk.isFixed(`${dir}/kept`)).toBe(false); // which is why it has to be tried
			for (const name of ["kept", "log", "log/inside"])
				expect(disk.isKept(`${dir}/${name}`, `${dir}/full`)).toBe(true);
		} finally {
			execFileSync("chattr", ["-a", ...marked]);
		}
	});

	it("never waits for a FIFO", () => {
		const dir = scratch();
		execFileSync("mkfifo", [`${dir}/pipe`]);
		expect(disk.stat(`${dir}/pipe`)).toMatchObject({
			kind: "special",
			what: "FIFO",
		});
		disk.close(disk.open(`${dir}/pipe`, "read"));
	});

	it("creates no file that is there already", () => {
		const dir = scratch();
		write(`${dir}/file`, "old");
		expect(() => disk.open(`${dir}/file`, "create")).toThrow(code("EEXIST"));
		expect(read(`${dir}/file`)).toBe("old");
	});

	it("has names that are not UTF-8, and all that can be done with them", () => {
		const dir = scratch();
		write(`${dir}/${ODD}`, "odd");
		disk.makeDirectory(`${dir}/d${ODD}`, 0o700);
		disk.link(ODD, `${dir}/link`);
		expect(disk.names(dir)).toEqual([ODD, `d${ODD}`, "link"].toSorted());
		expect(disk.readLink(`${dir}/link`)).toBe(ODD);
		expect(disk.realPath(`${dir}/${ODD}`)).toBe(`${dir}/${ODD}`);
		disk.rename(`${dir}/${ODD}`, `${dir}/d${ODD}/new\nline`);
		disk.setMode(`${dir}/d${ODD}/new\nline`, 0o640);
		disk.setTime(`${dir}/d${ODD}/new\nline`, 1_700_000_000_000);
		expect(disk.stat(`${dir}/d${ODD}/new\nline`)).toMatchObject({
			mode: 0o640,
			mtime: 1_700_000_000_000,
		});
		disk.removeTree(`${dir}/d${ODD}`);
		expect(disk.names(dir)).toEqual(["link"]);
	});

	it("sets a time as it was read, to the microsecond", () => {
		const path = `${scratch()}/file`;
		write(path, "x");
		const microseconds = fc.integer({ min: 0, max: 1_800_000_000_000_000 });
		fc.assert(
			fc.property(microseconds, (time) => {
				disk.setTime(path, time / 1000);
				expect(disk.stat(path)?.mtime).toBe(time / 1000);
			}),
			{ numRuns: 1000 },
		);
	});

	it("gives a signature that moves with content and not with readers or modes", () => {
		const dir = scratch();
		write(`${dir}/file`, "one");
		disk.setTime(`${dir}/file`, 500);
		const signature = () => disk.stat(`${dir}/file`)?.signature;
		const before = signature();
		read(`${dir}/file`);
		disk.setMode(`${dir}/file`, 0o644);
		expect(signature()).toBe(before);
		disk.setTime(`${dir}/file`, 1000);
		expect(signature()).not.toBe(before);
		const retimed = signature();
		write(`${dir}/other`, "two");
		disk.setTime(`${dir}/other`, 1000);
		disk.rename(`${dir}/other`, `${dir}/file`);
		expect(signature()).not.toBe(retimed);
	});

	it("removes a tree with closed directories and links in it, and nothing beyond", () => {
		const dir = scratch();
		write(`${dir}/outside`, "stays");
		fs.mkdirpSync(`${dir}/tree/closed/inner`);
		disk.link(dir, `${dir}/tree/closed/up`);
		disk.setMode(`${dir}/tree/closed`, 0o000);
		disk.removeTree(`${dir}/tree`);
		disk.removeTree(`${dir}/never-was`);
		expect(disk.names(dir)).toEqual(["outside"]);
	});

	it("knows which disk a file lies on, and how much is free there", () => {
		const dir = scratch();
		expect(disk.stat(dir)?.device).toBe(String(fs.statSync(dir).dev));
		expect(disk.freeBytes(dir)).toBeGreaterThan(0);
	});

	it("refuses to rename over a directory that holds something", () => {
		const dir = scratch();
		fs.mkdirpSync(`${dir}/full/inner`);
		disk.makeDirectory(`${dir}/empty`, 0o700);
		expect(() => disk.rename(`${dir}/empty`, `${dir}/full`)).toThrow(
			code("ENOTEMPTY"),
		);
	});
});
