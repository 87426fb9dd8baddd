import { expect, it } from "vitest";
import { setModeDurably } from "../../../src/core/files/set-mode.ts";
import type { Disk } from "../../../src/system/system.ts";
import { HOME, plainMachine } from "../../support/plain-agent.ts";

/** The same disk, and in which order what was changed and synced. */
function watched(disk: Disk): { disk: Disk; calls: string[] } {
	const calls: string[] = [];
	const open = new Map<number, string>();
	const watching: Disk = {
		...disk,
		open(path, how, mode) {
			const file = disk.open(path, how, mode);
			open.set(file, path);
			return file;
		},
		sync(file) {
			calls.push(`sync ${open.get(file)}`);
			disk.sync(file);
		},
		setMode(path, mode) {
			calls.push(`mode ${path}`);
			disk.setMode(path, mode);
		},
		setTime(path, mtime) {
			calls.push(`time ${path}`);
			disk.setTime(path, mtime);
		},
	};
	return { disk: watching, calls };
}

it("syncs a file itself after its mode and time: to sync the directory is not enough on btrfs", () => {
	const path = `${HOME}/letters/ada.txt`;
	const { disk, calls } = watched(plainMachine().system.disk);
	setModeDurably(disk, path, { mode: 0o640, mtime: 5000 });
	expect(calls).toEqual([`mode ${path}`, `time ${path}`, `sync ${path}`]);
	expect(disk.stat(path)).toMatchObject({ mode: 0o640, mtime: 5000 });
});

it("syncs a directory itself after its mode", () => {
	const path = `${HOME}/letters`;
	const { disk, calls } = watched(plainMachine().system.disk);
	setModeDurably(disk, path, { mode: 0o711 });
	expect(calls).toEqual([`mode ${path}`, `sync ${path}`]);
});

it.each(["a link", "nothing"])("leaves %s alone", (what) => {
	const on = plainMachine();
	const path = `${HOME}/letters/eve.txt`;
	if (what === "a link") on.volume.symlinkSync("ada.txt", path);
	const { disk, calls } = watched(on.system.disk);
	setModeDurably(disk, path, { mode: 0o777, mtime: 5000 });
	expect(calls).toEqual([]);
});

it("sets the mode of a file that this process may not open", () => {
	const path = `${HOME}/letters/ada.txt`;
	const { disk } = plainMachine().system;
	const open = () => {
		throw Object.assign(new Error("permission denied"), { code: "EACCES" });
	};
	setModeDurably({ ...disk, open }, path, { mode: 0o200 });
	expect(disk.stat(path)?.mode).toBe(0o200);
});
