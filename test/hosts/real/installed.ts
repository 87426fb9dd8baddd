import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "../../support/paths.ts";

/** Outside the repository, and kept: an agent is hundreds of megabytes. */
const cache =
	process.env.AGENT_SNAPSHOT_HOSTS ??
	path.join(os.tmpdir(), "agent-snapshot-hosts");

/** The folder in which this package, of this version, is installed by npm; once. */
export function installHost(name: string, version: string): string {
	const dir = path.join(cache, `${name.replaceAll(/[@/]/g, "_")}-${version}`);
	const done = path.join(dir, "done");
	if (fs.existsSync(done)) return dir;
	npmInstall(dir, `${name}@${version}`);
	fs.writeFileSync(done, "");
	return dir;
}

/** Our own package, as npm would bring it: packed, and installed from the tarball. Returns where it lies. */
export function installOurs(dir: string): { tarball: string; lies: string } {
	const args = [
		"pack",
		"--ignore-scripts",
		"--json",
		"--pack-destination",
		dir,
	];
	const packed = execFileSync("npm", args, { cwd: root, encoding: "utf8" });
	const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
	const tarball = path.join(dir, filename);
	npmInstall(path.join(dir, "ours"), tarball);
	return { tarball, lies: path.join(dir, "ours/node_modules/agent-snapshot") };
}

function npmInstall(dir: string, what: string): void {
	fs.mkdirSync(dir, { recursive: true });
	fs.writeFileSync(path.join(dir, "package.json"), "{}");
	execFileSync("npm", ["install", "--no-audit", "--no-fund", what], {
		cwd: dir,
		stdio: ["ignore", "ignore", "inherit"],
	});
}
