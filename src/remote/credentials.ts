import { readText } from "../core/files/durable.ts";
import type { RemoteSettings } from "../core/home/settings.ts";
import { printable } from "../core/words.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import type { Disk, System } from "../system/system.ts";

/** Far more than a password, or the credentials of a few services, in bytes. */
const LIMIT = 64 * 1024;

/**
 * What restic is told in its environment, which only this user and root can read: words of a command line are for all.
 * Undefined takes away what this person set for another repository.
 * @throws SnapshotError `failed`: a file of secrets is not there, or not private
 */
export function environmentOf(
	{ disk, programs }: Pick<System, "disk" | "programs">,
	{ repository, passwordFile, environmentFile }: RemoteSettings,
): Record<string, string | undefined> {
	refuseOpen(disk, passwordFile, "password file");
	const variables = {
		...programs.variables(REST_LOGIN),
		...(environmentFile === undefined
			? {}
			: variablesIn(disk, environmentFile)),
	};
	return {
		RESTIC_PASSWORD: undefined,
		RESTIC_PASSWORD_COMMAND: undefined,
		RESTIC_REPOSITORY_FILE: undefined,
		RESTIC_KEY_HINT: undefined,
		...variables,
		RESTIC_REPOSITORY: withLogin(repository, variables),
		RESTIC_PASSWORD_FILE: passwordFile,
		RESTIC_PROGRESS_FPS: "4",
		// In which `backup --time` is read.
		TZ: "UTC",
	};
}

const REST_LOGIN = ["RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD"] as const;

/** restic reads these only from 0.16.1 on, and Debian has an older one: in its environment the address is as safe. */
function withLogin(
	repository: string,
	variables: Readonly<Record<string, string>>,
): string {
	const [user = "", password = ""] = REST_LOGIN.map((name) => variables[name]);
	const [, scheme, rest = ""] =
		/^(rest:https?:\/\/)([^@]*)$/i.exec(repository) ?? [];
	if (scheme === undefined || user === "") return repository;
	return `${scheme}${[user, password].map(encodeURIComponent).join(":")}@${rest}`;
}

/** As ssh does with its keys. */
function refuseOpen(disk: Disk, path: string, what: string): void {
	const found = disk.stat(realPath(disk, path));
	const why =
		found === undefined
			? "is not there"
			: found.kind !== "file"
				? "is no file"
				: (found.mode & 0o077) !== 0
					? "can be read by others"
					: isBlank(disk, path) && "is empty";
	if (!why) return;
	throw new SnapshotError(
		"failed",
		`The ${what} ${printable(path)} ${why}. Nothing was changed.`,
		{
			hint:
				why === "can be read by others"
					? `Make it private: chmod 600 ${printable(path)}`
					: "Write what belongs there into it, and keep a copy where this machine's loss does not reach.",
		},
	);
}

/** restic takes a line's end off a password. */
function isBlank(disk: Disk, path: string): boolean {
	return readText(disk, realPath(disk, path), LIMIT)?.trim() === "";
}

/** "NAME=value" in lines, as shells and systemd's EnvironmentFile have them. */
function variablesIn(disk: Disk, path: string): Record<string, string> {
	refuseOpen(disk, path, "environment file");
	const text = readText(disk, realPath(disk, path), LIMIT) ?? "";
	const pairs = text.split(/\r?\n/).flatMap((line, index) => {
		if (/^\s*(#|$)/.test(line)) return [];
		const [, name, value = ""] =
			/^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? [];
		if (name === undefined || value.includes("\0"))
			throw noVariable(path, index + 1);
		const [, , inside = value] = /^(["'])(.*)\1$/.exec(value) ?? [];
		return [[name, inside] as const];
	});
	return Object.fromEntries(pairs);
}

/** The line itself may be a secret. */
function noVariable(path: string, line: number): SnapshotError {
	return new SnapshotError(
		"failed",
		`Line ${line} of the environment file ${printable(path)} is no NAME=value. Nothing was changed.`,
		{ hint: "Write one variable a line; comments begin with #." },
	);
}

/** What is not there is left as it is, and refused by who looks. */
function realPath(disk: Disk, path: string): string {
	try {
		return disk.realPath(path);
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return path;
	}
}
