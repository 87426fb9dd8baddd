import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { cli } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 60_000;

/** What a shell does with a line that somebody copies out of a reply. */
function typed(line: string, userHome: string, home = "") {
	const ours = `agent-snapshot() { "${process.execPath}" "${cli}" "$@"; }`;
	const { status, stdout, stderr } = spawnSync(
		"bash",
		["-c", `${ours}\n${line}`],
		{ env: { ...process.env, HOME: userHome, AT: home }, encoding: "utf8" },
	);
	return { code: status, said: stdout + stderr };
}

/** The command in a reply: from our name on to where it ends, or to words of ours behind it. */
function commandIn(said: string, wanted: RegExp): string {
	const found = wanted.exec(said);
	expect(found, said).not.toBeNull();
	return found?.[1] ?? "";
}

/** Of more profiles than the plan of a restore names. */
function putModels(home: string, model: string): void {
	for (let index = 0; index < 12; index++)
		put(home, `profiles/p${index}/config.yaml`, `model: ${model}\n`);
}

it.each([
	["a plain name", "home"],
	["blanks, quotes and backticks", "it's `create x` of b"],
	["a line break and other control characters", "a\nb\tc'\\\u001bd"],
])(
	"what replies name works in a shell as it stands, of a home with %s in its name",
	(_, name) => {
		const userHome = scratch();
		const home = makeHermesHome({ dir: path.join(userHome, name), dbMb: 0.1 });
		putModels(home, "first");
		const shell = (words: string) =>
			typed(`agent-snapshot --home "$AT" ${words}`, userHome, home);
		const hints: [words: string, hint: RegExp][] = [
			["create", /^Put it back with: (.* restore .*)$/m],
			["diff 1 nope", /see (agent-snapshot .* show 1)\.$/m],
			["cat 1 state.db", /^(agent-snapshot .* show 1 state\.db) tells/m],
			["doctor hermes", /from here: (agent-snapshot .* install hermes)$/m],
		];
		for (const [words, hint] of hints) {
			const line = commandIn(shell(words).said, hint);
			const { code, said } = typed(line, userHome);
			expect(code, `${line}\n${said}`).toBe(0);
		}
		expect(shell("doctor hermes").said).toContain(
			`at ${home.replace("\n", "\\n").replace("\t", "\\t").replace("\u001b", "\\u001b")}\n`,
		);
		putModels(home, "other");
		const more = /^ {2}and \d+ more lines?: (agent-snapshot .* diff .*)$/m;
		const ahead = commandIn(shell("restore 1 --dry-run").said, more);
		expect(ahead).toMatch(/ diff 1$/);
		expect(typed(ahead, userHome).said).toContain("In full: ");
		expect(shell("restore 1").code).toBe(0);
		const back = commandIn(shell("undo --dry-run").said, more);
		expect(back).toMatch(/ diff \S+-before-restore$/);
		const { code, said } = typed(back, userHome);
		expect(code, said).toBe(0);
		expect(said).toContain("To restore the undo snapshot");
	},
	timeout,
);
