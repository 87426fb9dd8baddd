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
	[1, "Fatal: repository contains errors", "damaged"],
	[
		1,
		[
			"pack 1326b62e: unexpected file size: got 1000, expected 3300448",
			"Load(<data/1326b62e7a>, 3300448, 0) returned error, retrying after 552.330144ms: ReadFull: unexpected EOF",
			"pack 1326b62e failed to download: StreamPack: ReadFull: unexpected EOF",
			"Fatal: repository contains errors",
		].join("\n"),
		"damaged",
	],
	[
		1,
		[
			"error: error loading index d78a393474: load <index/d78a393474>: invalid data returned",
			"Fatal: LoadIndex returned errors",
		].join("\n"),
		"damaged",
	],
	// What could not be fetched says nothing of what is there.
	[
		1,
		[
			"Load(<data/ab>, 9, 0) returned error, retrying after 1.5s: dial tcp 127.0.0.1:9: connect: connection refused",
			"pack ab failed to download: StreamPack: dial tcp 127.0.0.1:9: connect: connection refused",
			"Fatal: repository contains errors",
		].join("\n"),
		"unreachable",
	],
	[
		1,
		[
			"pack ab failed to download: StreamPack: dial tcp 127.0.0.1:9: connect: connection refused",
			"Pack ID does not match, want cd, got ef",
			"Fatal: repository contains errors",
		].join("\n"),
		"damaged",
	],
	// Nor does a hiccup that it got over.
	[
		1,
		[
			"Load(<data/ab>, 9, 0) returned error, retrying after 1.5s: read: connection reset by peer",
			"Pack ID does not match, want ab, got cd",
			"Fatal: repository contains errors",
		].join("\n"),
		"damaged",
	],
	[
		1,
		"write /r/locks/be3c-tmp-14: no space left on device\nmain.main\n\tcmd/restic/main.go:98\nunable to create lock in backend",
		"full",
	],
	[
		undefined,
		"Save(<lock/b29f9ae919>) returned error, retrying after 552.330144ms: open /r/locks/b2-tmp-15: read-only file system",
		"read-only",
	],
	[
		1,
		"open /r/locks/b2-tmp-15: permission denied\nunable to create lock in backend",
		"refused",
	],
	[
		1,
		'Post "http://127.0.0.1:9/locks/": dial tcp 127.0.0.1:9: connect: connection refused\nunable to create lock in backend',
		"unreachable",
	],
	[
		1,
		"Fatal: unable to save snapshot: Write: write /home/ada/.scratch-1-2/restic-temp-pack-2732020306: no space left on device",
		"full-here",
	],
	[
		1,
		'Fatal: parsing repository location failed: url.Parse: parse "http://h:x/": invalid port ":x" after host',
		"bad-address",
	],
	[undefined, "", "other"],
	[1, "", "other"],
	[
		1,
		'Fatal: unable to open config file: Head "http://127.0.0.1:9/config": http: server closed idle connection\nIs there a repository at the following location?\nrest:http://127.0.0.1:9/',
		"unreachable",
	],
	[
		1,
		"Fatal: unable to open config file: server response unexpected: 429 Too Many Requests (429)\nIs there a repository at the following location?\nrest:http://127.0.0.1:9/",
		"unreachable",
	],
];

describe("why restic failed", () => {
	it.each(SAID)("is told from exit code %s and %j", (code, text, kind) => {
		expect(failureOf(code, text.split("\n")).kind).toBe(kind);
	});

	it("is told in restic's last words, without how often it tried", () => {
		const line =
			"Save(<lock/b2>) returned error, retrying after 5ms: open x: read-only file system";
		expect(failureOf(1, [line]).said).toBe("open x: read-only file system");
	});

	it("says who holds a lock", () => {
		const { said } = failureOf(1, [SAID[5]?.[1] ?? ""]);
		expect(lockHolder(said)).toBe("PID 4242 on vm by ada (UID 1000, GID 1000)");
	});
});
