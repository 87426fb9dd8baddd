import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** A filesystem of our own. */
export interface Mount {
	readonly dir: string;
	unmount(): void;
}

const mounted = new Set<string>();

const IN_OWN_NAMESPACE = "AGENT_SNAPSHOT_TORTURE_NAMESPACE";

/**
 * Goes on in a mount namespace of its own, as the same process. When this process ends, however it dies, the kernel
 * unmounts whatever was mounted in it and detaches the loop devices: no handler of ours can be missed.
 */
export function moveIntoOwnNamespace(): void {
	if (process.env[IN_OWN_NAMESPACE] !== undefined) return;
	const unshare = whereIs("unshare");
	if (unshare === undefined || process.execve === undefined)
		throw new Error(
			"npm run torture needs unshare and the Node that npm ci installs.",
		);
	const self = [
		process.execPath,
		...process.execArgv,
		...process.argv.slice(1),
	];
	process.execve(
		unshare,
		[unshare, "--mount", "--propagation", "private", ...self],
		{ ...process.env, [IN_OWN_NAMESPACE]: "yes" },
	);
}

/** The full path of a program, or undefined. */
export function whereIs(program: string): string | undefined {
	const places = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
	return places
		.map((place) => path.join(place, program))
		.find((file) => fs.existsSync(file));
}

/** An empty tmpfs. `options` as in mount(8): `size=`, `nr_inodes=`. */
export function mountTmpfs(dir: string, options: string): Mount {
	return mount(dir, ["-t", "tmpfs", "-o", options, "tmpfs"]);
}

/** A filesystem in a file, over a loop device that goes with it. */
export function mountImage(image: string, dir: string, options: string): Mount {
	return mount(dir, ["-o", `loop,${options}`, image]);
}

/** Other limits for a tmpfs that is in use. */
export function resize({ dir }: Mount, options: string): void {
	run("mount", ["-o", `remount,${options}`, dir]);
}

function mount(dir: string, args: readonly string[]): Mount {
	fs.mkdirSync(dir, { recursive: true });
	run("mount", [...args, dir]);
	mounted.add(dir);
	return {
		dir,
		unmount() {
			if (mounted.delete(dir)) run("umount", [dir]);
		},
	};
}

/** When we have to end in the middle: also what somebody still uses, innermost first. */
export function unmountAll(): void {
	for (const dir of [...mounted].reverse()) run("umount", ["-l", dir]);
	mounted.clear();
}

/** A program of the system. @throws what it printed, when it fails */
export function run(program: string, args: readonly string[]): string {
	const found = whereIs(program) ?? program;
	const done = spawnSync(found, args, { encoding: "utf8" });
	if (done.status !== 0)
		throw new Error(
			`${program} ${args.join(" ")}: ${done.stderr || done.error || done.status}`,
		);
	return done.stdout;
}
