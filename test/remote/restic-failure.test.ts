import { describe, expect, it } from "vitest";
import { failureOf, lockHolder } from "../../src/remote/restic-failure.ts";

/** As restic 0.14 and 0.17 said it. */
const SAID: readonly [number | undefined, string, string][] = [
	[1, "Fatal: wrong password or no key found", "wrong-password"],
	[12, "Fatal: whatever it says by then", "wrong-password"],
	[10, "Fatal: repository does not exist", "no-repository"],
	[
		1,
		"Fatal: unable to open config file: stat /mnt/nope/config: no such file or directory\nIs there a repository at the following location?\n/mnt/nope",
		"no-repository",
	],
	[
		1,
		'Fatal: unable to open config file: client.Head: Head "http://127.0.0.1:9/config": dial tcp 127.0.0.1:9: connect: connection refused\nIs there a repository at the following location?\nrest:http://127.0.0.1:9/',
		"unreachable",
	],
	[
		1,
		"unable to create lock in backend: repository is already locked exclusively by PID 4242 on vm by ada (UID 1000, GID 1000)",
		"locked",
	],
	[11, "anything", "locked"],
	[
		undefined,
		"Remove(<snapshot/6a61896ef5>) returned error, retrying after 552.330144ms: blob not removed, server response: 403 Forbidden (403)",
		"refused",
	],
	[1, "Fatal: client.RemoveObject: Access Denied.", "refused"],
	[1, "Fatal: unable to save snapshot: no space left on device", "full"],
	[3, "Warning: at least one source file could not be read", "unread"],
	[1, "Fatal: repository contains errors", "other"],
	[1, "", "other"],
];

describe("why restic failed", () => {
	it.each(SAID)("is told from exit code %s and %j", (code, text, kind) => {
		expect(failureOf(code, text.split("\n")).kind).toBe(kind);
	});

	it("says who holds a lock", () => {
		const { said } = failureOf(1, [SAID[5]?.[1] ?? ""]);
		expect(lockHolder(said)).toBe("PID 4242 on vm by ada (UID 1000, GID 1000)");
	});
});
