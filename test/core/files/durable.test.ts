import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
	copyFile,
	hashFile,
	hashingDatabase,
} from "../../../src/core/files/copy.ts";
import {
	MANY_FILES,
	makeDirectories,
	readText,
	syncingTree,
	writeDurably,
} from "../../../src/core/files/durable.ts";
import { atOnce } from "../../../src/core/work.ts";
import type { Disk, Glimpse } from "../../../src/system/system.ts";
import { databaseFile } from "../../support/memory-sqlite.ts";
import { machine } from "../../support/memory-system.ts";

const noPause = () => {};

function disk(changes: Partial<Disk> = {}) {
	const { volume, system } = machine();
	volume.mkdirSync("/d");
	return { volume, disk: { ...system.disk, ...changes } };
}

/** A disk that takes at most so many bytes a write. */
function short(most: number) {
	const { volume, disk: whole } = disk();
	const write: Disk["write"] = (file, from) =>
		most === 0 ? 0 : whole.write(file, from.subarray(0, most));
	return { volume, disk: { ...whole, write } };
}

describe("writing a file", () => {
	it("goes on where a write stopped half-way", () => {
		const { volume, disk } = short(3);
		writeDurably(disk, "/d/f", "eleven bytes");
		expect(String(volume.readFileSync("/d/f"))).toBe("eleven bytes");
	});

	it("leaves the old file as it was when the disk takes no more bytes", () => {
		const { volume, disk } = short(0);
		volume.writeFileSync("/d/f", "old");
		expect(() => writeDurably(disk, "/d/f", "new")).toThrow(
			expect.objectContaining({ code: "ENOSPC" }),
		);
		expect(String(volume.readFileSync("/d/f"))).toBe("old");
	});

	it("can be done again after it was interrupted", () => {
		const { volume, disk: at } = disk();
		volume.writeFileSync("/d/f.new", "the half of a crash");
		writeDurably(at, "/d/f", "new");
		expect(String(volume.readFileSync("/d/f"))).toBe("new");
		expect(volume.readdirSync("/d")).toEqual(["f"]);
	});

	it("syncs the file before the rename and its directory after", () => {
		const on = machine();
		on.volume.mkdirSync("/d");
		const calls: string[] = [];
		on.before = (call) => calls.push(call.split(" ")[0] ?? "");
		writeDurably(on.system.disk, "/d/f", "x");
		expect(calls).toEqual(["create", "write", "sync", "rename", "sync"]);
	});

	it("is private from the first byte", () => {
		const { volume, disk: at } = disk();
		writeDurably(at, "/d/f", "secret");
		expect(volume.statSync("/d/f").mode & 0o777).toBe(0o600);
	});

	it("puts up with a filesystem that cannot sync directories, and with no other error", () => {
		for (const [code, fails] of [
			["EINVAL", false],
			["EIO", true],
		] as const) {
			const { disk: at } = disk();
			const refuse = () => {
				throw Object.assign(new Error(code), { code });
			};
			let synced = 0;
			const sync = (file: number) =>
				++synced === 2 ? refuse() : at.sync(file);
			const write = () => writeDurably({ ...at, sync }, "/d/f", "x");
			if (fails) expect(write).toThrow(code);
			else expect(write).not.toThrow();
		}
	});
});

describe("making a tree durable", () => {
	/** What is synced of a tree of so many files: by path, and "all" for the barrier. */
	function synced(
		count: number,
		barrier: boolean,
		isNew?: (file: Glimpse) => boolean,
	): string[] {
		const { volume, disk: at } = disk();
		volume.mkdirSync("/d/deep");
		for (let index = 0; index < count; index++)
			volume.writeFileSync(`/d/deep/${index}`, "x".repeat(index));
		const open = new Map<number, string>();
		const calls: string[] = [];
		const watched: Disk = {
			...at,
			open(path, how, mode) {
				const file = at.open(path, how, mode);
				open.set(file, path);
				return file;
			},
			sync: (file) => calls.push(open.get(file) ?? "?"),
			syncAll(directory) {
				calls.push(`all of ${directory}`);
				return barrier;
			},
		};
		atOnce(syncingTree(watched, "/d", isNew), () => {});
		return calls;
	}

	it("syncs few files one by one, and then the directories", () => {
		const calls = synced(2, true);
		expect(calls).toEqual(["/d/deep/0", "/d/deep/1", "/d/deep", "/d"]);
	});

	it("takes one barrier for many", () => {
		expect(synced(MANY_FILES, true)).toEqual(["all of /d"]);
	});

	it("takes one barrier for many directories", () => {
		const { volume, disk: at } = disk();
		for (let index = 0; index < MANY_FILES; index++)
			volume.mkdirSync(`/d/deep/${index}`, { recursive: true });
		const calls: string[] = [];
		const watched: Disk = {
			...at,
			syncAll: (directory) => calls.push(directory) > 0,
		};
		atOnce(syncingTree(watched, "/d"), () => {});
		expect(calls).toEqual(["/d"]);
	});

	it("syncs many one by one where that barrier cannot be had or fails", () => {
		const calls = synced(MANY_FILES, false);
		expect(calls.shift()).toBe("all of /d");
		expect(calls).toHaveLength(MANY_FILES + 2);
		expect(calls.slice(-2)).toEqual(["/d/deep", "/d"]);
	});

	it("syncs of a file that is durable already only its new name", () => {
		const isNew = ({ size }: Glimpse) => size === 7;
		const calls = synced(MANY_FILES, true, isNew);
		expect(calls).toEqual(["/d/deep/7", "/d/deep", "/d"]);
	});
});

describe("copying a file", () => {
	it("says how large it was and its hash, in chunks and short writes", () => {
		const content = Buffer.alloc(2.5 * 1024 * 1024, "0123456789abc");
		const { volume, disk } = short(700_001);
		volume.writeFileSync("/d/from", content);
		const { size, sha256 } = copyFile(disk, "/d/from", "/d/to", noPause);
		expect(size).toBe(content.length);
		expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
		expect(content.equals(volume.readFileSync("/d/to") as Buffer)).toBe(true);
	});

	it("fails on a full disk instead of leaving a short copy that passes for whole", () => {
		const { volume, disk } = short(0);
		volume.writeFileSync("/d/from", "content");
		expect(() => copyFile(disk, "/d/from", "/d/to", noPause)).toThrow(
			expect.objectContaining({ code: "ENOSPC" }),
		);
	});

	it("never writes over a file that is there, nor follows a link", () => {
		const { volume, disk: at } = disk();
		volume.writeFileSync("/d/from", "content");
		volume.writeFileSync("/d/to", "there");
		volume.symlinkSync("/d/from", "/d/link");
		const code = (name: string) => expect.objectContaining({ code: name });
		expect(() => copyFile(at, "/d/from", "/d/to", noPause)).toThrow(
			code("EEXIST"),
		);
		expect(() => copyFile(at, "/d/link", "/d/new", noPause)).toThrow(
			expect.objectContaining({ cause: code("ELOOP") }),
		);
		expect(String(volume.readFileSync("/d/to"))).toBe("there");
	});

	it("can be ended between two chunks", () => {
		const { volume, disk: at } = disk();
		volume.writeFileSync("/d/from", Buffer.alloc(3 * 1024 * 1024));
		const stop = () => {
			throw new Error("that is enough");
		};
		expect(() => hashFile(at, "/d/from", stop)).toThrow("that is enough");
	});
});

describe("the hash of a database's content", () => {
	const content = (bytes: Buffer) => {
		const { volume, disk: at } = disk();
		volume.writeFileSync("/d/x.db", bytes);
		return atOnce(hashingDatabase(at, "/d/x.db"), noPause);
	};

	it("is the same after SQLite has counted on in the header", () => {
		const before = databaseFile("rows", "delete");
		const after = databaseFile("rows", "wal");
		for (const at of [24, 27, 40, 43, 92, 99]) after[at] = 9;
		expect(content(after).content).toBe(content(before).content);
		expect(content(after).sha256).not.toBe(content(before).sha256);
	});

	it.each([16, 20, 28, 44, 91, 100])("moves with byte %i", (at) => {
		const changed = databaseFile("rows");
		changed[at] = 77;
		expect(content(changed).content).not.toBe(
			content(databaseFile("rows")).content,
		);
	});
});

describe("small files", () => {
	it("are read whole, up to a limit", () => {
		const { volume, disk: at } = disk();
		volume.writeFileSync("/d/f", "four");
		expect(readText(at, "/d/f", 4)).toBe("four");
		expect(readText(at, "/d/none", 4)).toBeUndefined();
		expect(() => readText(at, "/d/f", 3)).toThrow(
			expect.objectContaining({ code: "EFBIG" }),
		);
	});

	it("get private directories above them", () => {
		const { volume, disk: at } = disk();
		makeDirectories(at, "/d", "/d/a/b/c");
		expect(volume.statSync("/d/a/b").mode & 0o777).toBe(0o700);
	});
});
