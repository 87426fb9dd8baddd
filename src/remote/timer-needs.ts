import { parentOf } from "../core/home/paths.ts";
import { someOf } from "../core/words.ts";
import { SnapshotError } from "../errors.ts";
import type { Programs } from "../system/system.ts";
import type { Remote } from "./remotes.ts";
import { findRestic } from "./restic-found.ts";

/** What restic starts by its name to reach a repository that begins so. */
const STARTED: Readonly<Record<string, string>> = {
	rclone: "rclone",
	sftp: "ssh",
};

/** By how the address of a repository begins: the variables in which restic and rclone look for credentials, and where they lie. */
const CREDENTIALS: Readonly<Record<string, readonly string[]>> = {
	s3: [
		...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
		...["AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"],
		...["AWS_DEFAULT_REGION", "RESTIC_AWS_ASSUME_ROLE_ARN"],
	],
	b2: ["B2_ACCOUNT_ID", "B2_ACCOUNT_KEY"],
	azure: [
		...["AZURE_ACCOUNT_NAME", "AZURE_ACCOUNT_KEY", "AZURE_ACCOUNT_SAS"],
		"AZURE_ENDPOINT_SUFFIX",
	],
	gs: [
		...["GOOGLE_PROJECT_ID", "GOOGLE_APPLICATION_CREDENTIALS"],
		"GOOGLE_ACCESS_TOKEN",
	],
	swift: [
		...["ST_AUTH", "ST_USER", "ST_KEY", "OS_AUTH_URL", "OS_REGION_NAME"],
		...["OS_USERNAME", "OS_PASSWORD", "OS_TENANT_ID", "OS_TENANT_NAME"],
		...["OS_USER_ID", "OS_USER_DOMAIN_NAME", "OS_PROJECT_NAME"],
		...["OS_PROJECT_DOMAIN_NAME", "OS_TRUST_ID", "OS_STORAGE_URL"],
		...["OS_AUTH_TOKEN", "OS_APPLICATION_CREDENTIAL_ID"],
		"OS_APPLICATION_CREDENTIAL_SECRET",
	],
	rest: ["RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD"],
	rclone: ["RCLONE_CONFIG", "RCLONE_CONFIG_PASS", "RCLONE_PASSWORD_COMMAND"],
};
const OF_ANY = ["RESTIC_CACERT", "RESTIC_TLS_CLIENT_CERT"];

/**
 * Where the programs lie that a push starts: a timer looks in a few folders of the system only, and not in Homebrew's, Nix's
 * or a person's own. @throws SnapshotError `failed`: restic is not there, or too old
 */
export async function foldersToPush(
	programs: Programs,
	remotes: readonly Remote[],
): Promise<string[]> {
	const started = remotes.flatMap((one) => STARTED[schemeOf(one)] ?? []);
	const found = started.map((name) => programs.find(name));
	const all = [await findRestic(programs), ...found];
	return [...new Set(all.flatMap((path) => (path && parentOf(path)) ?? []))];
}

/** @throws SnapshotError `failed`: what a push goes by is set in this shell, and a timer would not have it */
export function refuseShellOnly(
	programs: Programs,
	remotes: readonly Remote[],
): void {
	for (const remote of remotes) {
		if (remote.environmentFile !== undefined) continue;
		const names = [...(CREDENTIALS[schemeOf(remote)] ?? []), ...OF_ANY];
		const found = Object.keys(programs.variables(names));
		if (found.length === 0) continue;
		throw new SnapshotError(
			"failed",
			`Only this shell has ${someOf(found)}, by which ${remote.name} is reached: a timer would fail every night. Nothing was changed.`,
			{
				hint: `Write NAME=value lines into a file of mode 0600, and give \`remote add\` again with --environment-file FILE. Without need for them: unset ${found.join(" ")}`,
			},
		);
	}
}

function schemeOf({ repository }: Remote): string {
	return /^([a-z0-9]{2,}):/i.exec(repository)?.[1]?.toLowerCase() ?? "";
}
