import { describe, expect, it } from "vitest";
import { parseWords, VERBS } from "../../../src/commands/call/grammar.ts";
import { SnapshotError } from "../../../src/errors.ts";

function call(...words: string[]) {
	const { verb, positionals, flags } = parseWords(words);
	return { verb: verb.name, positionals, flags: { ...flags } };
}

function refusal(...words: string[]): SnapshotError {
	try {
		parseWords(words);
	} catch (error) {
		if (error instanceof SnapshotError) return error;
		throw error;
	}
	throw new Error("it was understood");
}

describe("the words of a command", () => {
	it.each<[words: string[], understood: Partial<ReturnType<typeof call>>]>([
		[[], { verb: "list" }],
		[["ls"], { verb: "list" }],
		[["ls", "--all"], { verb: "list", flags: { all: true } }],
		[["ls", "--limit", "5"], { verb: "list", flags: { limit: "5" } }],
		[["ls", "3"], { verb: "ls", positionals: ["3"] }],
		[
			["ls", "--all", "3", "memories"],
			{ verb: "ls", positionals: ["3", "memories"], flags: { all: true } },
		],
		[["ls", "--", "3"], { verb: "ls", positionals: ["3"] }],
		[["LIST"], { verb: "list" }],
		[["rewind", "3"], { verb: "restore", positionals: ["3"] }],
		[
			["create", "before", "upgrade"],
			{ verb: "create", positionals: ["before", "upgrade"] },
		],
		[
			["create", "a", "--force", "b"],
			{ positionals: ["a", "b"], flags: { force: true } },
		],
		[["create", "--reason", "pre-update"], { flags: { reason: "pre-update" } }],
		[["create", "--reason=pre-update"], { flags: { reason: "pre-update" } }],
		[
			["create", "--", "--force", "-x"],
			{ positionals: ["--force", "-x"], flags: {} },
		],
		[["create", "-", "note"], { positionals: ["-", "note"] }],
		[
			["restore", "3", "--include", "a", "--include", "b"],
			{ flags: { include: ["a", "b"] } },
		],
		[
			["prune", "5", "--dry-run"],
			{ positionals: ["5"], flags: { "dry-run": true } },
		],
		[
			["run", "--label", "x", "npm", "i", "-g", "y", "--", "--force"],
			{
				positionals: ["npm", "i", "-g", "y", "--", "--force"],
				flags: { label: "x" },
			},
		],
		[
			["run", "--anyway", "--", "--odd", "--check"],
			{ positionals: ["--odd", "--check"], flags: { anyway: true } },
		],
		[["run", "npm", "--label"], { positionals: ["npm", "--label"], flags: {} }],
		[["--help"], { verb: "help", positionals: [] }],
		[["-h"], { verb: "help", positionals: [] }],
		[["restore", "--help"], { verb: "help", positionals: ["restore"] }],
		[["create", "--", "--help"], { verb: "create", positionals: ["--help"] }],
		[["help", "ls"], { verb: "help", positionals: ["ls"] }],
	])("%j", (words, understood) => {
		expect(call(...words)).toMatchObject(understood);
	});

	it.each<[words: string[], message: RegExp]>([
		[["creat"], /no command "creat"\. Did you mean create\?/],
		[["resotre", "3"], /Did you mean restore\?/],
		[["lst"], /Did you mean list\?/],
		[["prnue"], /Did you mean prune\?/],
		[["xyzzy"], /no command "xyzzy"\. Nothing was changed/],
		[["--all"], /no command "--all"/],
		[
			["create", "--forse"],
			/create has no flag --forse\. Did you mean --force\? Put -- before words/,
		],
		[
			["restore", "3", "--dryrun"],
			/restore has no flag --dryrun\. Did you mean --dry-run\?/,
		],
		[["list", "--xyz"], /list has no flag --xyz\. Nothing/],
		[["ls", "--xyz"], /list has no flag --xyz\. Nothing/],
		[["ls", "3", "--limit", "4"], /ls has no flag --limit/],
		[["create", "--force=yes"], /--force/],
		[["create", "--reason"], /--reason/],
		[["import", "a.zip", "--into", ""], /--into needs a value: --into DIR/],
		[["import", ""], /import needs a file/],
		[["export", "--to="], /--to needs a value: --to FILE/],
		[
			["restore", "1", "--include", "a", "--include="],
			/--include needs a value/,
		],
		[["restore"], /restore needs a snapshot: a number from the list/],
		[["undo", "3"], /undo does not know what to do with "3"/],
		[["prune", "1", "2"], /prune does not know what to do with "2"/],
		[["help", "a", "b"], /does not know what to do with "b"/],
	])("%j is refused in a sentence", (words, message) => {
		const error = refusal(...words);
		expect(error.code).toBe("usage");
		expect(error.message).toMatch(message);
		expect(error.message).toContain("Nothing was changed.");
		expect(error.hint).toMatch(/^(Usage|Commands): /);
	});

	it("are told apart by the verb: a hint is its own usage line", () => {
		for (const verb of VERBS.filter((one) => !takesACommand(one)))
			expect(refusal(verb.name, "1", "--no-such-flag").hint).toBe(
				`Usage: \`${verb.usage}\``,
			);
	});
});

describe("negative numbers", () => {
	it.each([
		[["prune", "-5"]],
		[["prune", "-5", "--dry-run"]],
		[["list", "--limit", "-5"]],
	])("%j are a wrong count and no row of flags", (words) => {
		const { code, message } = refusal(...words);
		expect(code).toBe("usage");
		expect(message).toMatch(/"?-5"?/);
		expect(message).not.toMatch(/flag -5|\\u0000/);
	});
});

/** Whatever follows is the command's own. */
function takesACommand({ arguments: taken }: (typeof VERBS)[number]): boolean {
	return taken.some(({ rest }) => rest === "command");
}
