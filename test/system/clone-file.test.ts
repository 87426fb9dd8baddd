import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";
import { whereIs } from "../torture/mounts.ts";

const canMount =
	process.platform === "linux" &&
	process.geteuid?.() === 0 &&
	["mkfs.xfs", "mkfs.btrfs", "mkfs.ext4", "filefrag"].every(whereIs);

/** A disk of that kind in a file, for this test. */
function diskOf(kind: string): string {
	const image = path.join(scratch(), "image");
	const dir = path.join(scratch(), "mount");
	fs.mkdirSync(dir);
	execFileSync("truncate", ["-s", "400M", image]);
	execFileSync(`mkfs.${kind}`, ["-q", image]);
	execFileSync("mount", ["-o", "loop", image, dir]);
	onTestFinished(() => {
		execFileSync("umount", [dir]);
	});
	return dir;
}

/** In a process of its own, which has not tried on another disk before. */
function clone(from: string, to: string): boolean {
	const module = pathToFileURL(path.join(root, "src/system/clone-file.ts"));
	const script = `import fs from "node:fs"; import { cloneFile } from "${module}";
		console.log(cloneFile(fs.openSync(process.argv[1], "r"), process.argv[2], 0o400));`;
	const args = ["--input-type=module-typescript", "-e", script, from, to];
	return execFileSync(process.execPath, args).toString().trim() === "true";
}

it.runIf(canMount).each([
	["xfs", true],
	["btrfs", true],
	["ext4", false],
])(
	"on %s a file is made that shares the blocks of another: %s",
	(kind, isShared) => {
		const dir = diskOf(kind);
		const [from, to] = [path.join(dir, "a"), path.join(dir, "b")];
		fs.writeFileSync(from, Buffer.alloc(1_000_000, "text"));
		execFileSync("sync", ["-f", dir]);
		expect(clone(from, to)).toBe(isShared);
		expect(fs.existsSync(to)).toBe(isShared);
		if (!isShared) return;
		expect(fs.readFileSync(to).equals(fs.readFileSync(from))).toBe(true);
		expect(fs.statSync(to).mode & 0o777).toBe(0o400);
		expect(String(execFileSync("filefrag", ["-v", to]))).toContain("shared");
	},
);
