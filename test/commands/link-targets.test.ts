import { expect, it } from "vitest";
import type { Machine } from "../support/memory-system.ts";
import { HOME, plainMachine } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

const LINK = `${HOME}/letters/feed`;

function lead(on: Machine, password: string, host = "x.dev"): void {
	on.volume.symlinkSync(`https://ada:${password}@${host}/feed`, LINK);
}

it("what a link says is shown without the password in it, wherever it is told", async () => {
	const on = plainMachine();
	lead(on, "S3cretPw99");
	await say(on, "create");
	const shown = async (words: string) => {
		const { text, data } = await say(on, words);
		expect(text + JSON.stringify(data)).not.toMatch(/S3cret|0ther/);
		return text;
	};
	const target = "https://ada:••••@x.dev/feed";
	for (const words of ["show 1 --full", "ls 1 letters", "ls 1 letters/feed"])
		expect(await shown(words)).toContain(target);
	on.volume.unlinkSync(LINK);
	lead(on, "0therPw77", "y.dev");
	for (const words of ["diff 1", "diff 1 --full", "restore 1 --dry-run"])
		expect(await shown(words)).toContain(
			"letters/feed: link to https://ada:••••@y.dev/feed → https://ada:••••@x.dev/feed",
		);
	on.volume.unlinkSync(LINK);
	lead(on, "0therPw77");
	expect(await shown("diff 1")).toContain(
		`letters/feed: link to ${target}, differs in what is hidden`,
	);
});
