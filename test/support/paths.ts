import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's own folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));
export const cli = path.join(root, "dist/cli.js");
export const adapter = path.join(root, "dist/index.js");
/** The quick snapshots that Hermes had in May 2026: `python3 FILE HOME create|list|restore|prune …`. */
export const hermesOriginal = path.join(root, "bench/hermes_original.py");

/** A script of this folder that runs as a process of its own. */
export function supportScript(name: string): string {
	return path.join(root, "test/support", name);
}

/** The shared bench's Python script, or undefined in a clone that stands alone. */
export function benchScript(name: "make_home.py"): string | undefined {
	const script = path.join(root, "../shared/bench", name);
	return fs.existsSync(script) &&
		spawnSync("python3", ["--version"]).status === 0
		? script
		: undefined;
}

/** Whether strace may trace here (it is refused in some containers). */
export function canTrace(): boolean {
	return spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;
}
