import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/commands/call/explain.ts";
import { Unreadable } from "../../../src/core/files/copy.ts";
import {
	type ErrorCode,
	FailedAfter,
	SnapshotError,
} from "../../../src/errors.ts";

const CODES: Record<ErrorCode, number> = {
	failed: 1,
	usage: 2,
	"not-found": 1,
	ambiguous: 1,
	locked: 11,
	"wrong-key": 12,
	"no-home": 1,
	"no-space": 1,
	damaged: 1,
	"bad-config": 1,
	"busy-database": 1,
	interrupted: 130,
	"timed-out": 1,
	"recovery-blocked": 1,
};

function diskError(code: string, path?: string): Error {
	return Object.assign(new Error(`${code}: raw text`), { code, path });
}

describe("explaining", () => {
	it.each(
		Object.entries(CODES),
	)("gives %s the exit code %i", (code, exitCode) => {
		const reply = explain(
			new SnapshotError(code as ErrorCode, "It failed.", { hint: "Do this." }),
		);
		expect(reply).toEqual({
			ok: false,
			text: "It failed.\nDo this.",
			exitCode,
			data: {},
			error: { code, message: "It failed.", hint: "Do this." },
		});
	});

	it.each([
		["ENOSPC", "the disk is full"],
		["EDQUOT", "the disk quota is used up"],
		["EROFS", "the disk is read-only"],
		["EACCES", "permission was denied"],
		["EIO", "the disk reported an error"],
		["EFBIG", "a file would grow beyond what is allowed (see ulimit -f)"],
		["SQLITE_FULL", "the disk is full"],
		[
			"SQLITE_CANTOPEN",
			"no room for another file, too many open files, or no permission)",
		],
		[
			"SQLITE_CANTOPEN_FULLPATH",
			"no room for another file, too many open files, or no permission)",
		],
		["SQLITE_READONLY_DIRECTORY", "a database cannot be written to"],
		["SQLITE_IOERR_WRITE", "the disk could not be written to"],
		["SQLITE_IOERR_SHMSIZE", "or a file at its limit)"],
	])("makes a sentence of %s, with the place", (code, sentence) => {
		const { text, exitCode, error } = explain(diskError(code, "/home/x"));
		expect(text).toContain(`${sentence} (/home/x)`);
		expect(exitCode).toBe(1);
		expect(error?.code).toBe("failed");
	});

	it
		.runIf(constants.errno.EDQUOT)
		.each(["UNKNOWN", `Unknown system error -${constants.errno.EDQUOT}`])(
		"knows a used-up quota, for which Node has no name (%s)",
		(code) => {
			const error = Object.assign(new Error("UNKNOWN: unknown error, write"), {
				code,
				errno: -constants.errno.EDQUOT,
			});
			expect(explain(error).text).toContain("the disk quota is used up");
		},
	);

	it.each([
		[diskError("EIO"), "the disk reported an error"],
		[undefined, "it was exchanged"],
	])("makes a sentence of a file that cannot be read", (cause, sentence) => {
		const thrown = new Unreadable("it was exchanged", { cause });
		const { text, exitCode } = explain(thrown);
		expect(text).toContain(sentence);
		expect(text).toContain("Nothing in the agent's home was changed.");
		expect(exitCode).toBe(1);
	});

	it("begins with what was done before it failed", () => {
		const failure = new SnapshotError(
			"no-space",
			"Too little room. Nothing was changed.",
		);
		const { text } = explain(new FailedAfter("That was finished.", failure));
		expect(text).toBe(
			"That was finished. Too little room. Nothing else was changed.",
		);
	});

	it("takes an aborted call for the Ctrl-C that it is", () => {
		const { exitCode, error } = explain(AbortSignal.abort().reason);
		expect(exitCode).toBe(130);
		expect(error?.code).toBe("interrupted");
	});

	it.each([
		["an error of ours that nobody foresaw", new TypeError("x is undefined")],
		["an unknown code", diskError("EWEIRD")],
		["something thrown that is no error", "a string"],
		["nothing", undefined],
	])("owns up to %s as a bug, and asks for a report", (_, thrown) => {
		const { text, exitCode, error } = explain(thrown);
		expect(exitCode).toBe(70);
		expect(error?.code).toBe("bug");
		expect(text).toContain("please report it");
		expect(text).not.toContain("    at ");
	});

	it("lets nothing through that could rewrite the screen", () => {
		const evil = new SnapshotError("failed", "name\u001b[2J\nnext", {});
		expect(explain(evil).text).toBe("name\\u001b[2J\\nnext");
	});
});
