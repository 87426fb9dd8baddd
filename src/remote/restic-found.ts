import { SnapshotError } from "../errors.ts";
import type { Programs } from "../system/system.ts";

/** Compression and stable JSON; Debian 12 has it. */
const OLDEST = [0, 14] as const;

/** By the program that installs there. */
const INSTALLERS: readonly [program: string, command: string][] = [
	["apt-get", "apt-get install restic"],
	["dnf", "dnf install restic"],
	["pacman", "pacman -S restic"],
	["apk", "apk add restic"],
	["zypper", "zypper install restic"],
	["brew", "brew install restic"],
	["pkg", "pkg install restic"],
];

/** Its file. @throws SnapshotError `failed`: it is not there, or too old */
export async function findRestic(programs: Programs): Promise<string> {
	const path = programs.find("restic");
	if (path === undefined)
		throw new SnapshotError(
			"failed",
			"restic is not installed, and it is what sends snapshots elsewhere. Nothing was changed.",
			{ hint: `Install it: ${installCommand(programs)}` },
		);
	const { output } = await programs.run([path, "version"], {});
	const [, major, minor] = /^restic (\d+)\.(\d+)/.exec(output) ?? [];
	if (major === undefined || isOlder(Number(major), Number(minor)))
		throw new SnapshotError(
			"failed",
			`${path} is ${major === undefined ? "no restic that we know" : `restic ${major}.${minor}`}, and 0.14 or newer is needed. Nothing was changed.`,
			{ hint: `Install it: ${installCommand(programs)}` },
		);
	return path;
}

function isOlder(major: number, minor: number): boolean {
	return major === OLDEST[0] && minor < OLDEST[1];
}

function installCommand(programs: Programs): string {
	const found = INSTALLERS.find(([name]) => programs.find(name) !== undefined);
	return found?.[1] ?? "see restic.net";
}
