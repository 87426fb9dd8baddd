import { expect, it } from "vitest";
import { widthOf } from "../../src/commands/text/width.ts";
import { HOME, plainMachine, put } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

it("show names links, with what they point at, and says which files are databases", async () => {
	const on = plainMachine();
	on.volume.symlinkSync("/etc/hosts", `${HOME}/letters/hosts`);
	await say(on, "create");
	expect((await say(on, "show 1")).text).not.toContain("/etc/hosts");
	const { text, data } = await say(on, "show 1 --full");
	expect(text).toContain(
		"Links, without what they point at:\n  letters/hosts  → /etc/hosts\n",
	);
	expect(text).toMatch(/^ {2}state\.db +\d+ B +alone \d+ B +database$/m);
	expect(text).toMatch(/^ {2}config\.yaml +\d+ B +alone \d+ B$/m);
	expect(data.links).toEqual([{ path: "letters/hosts", target: "/etc/hosts" }]);
});

it("show cuts long paths in the middle, so that those which begin alike are told apart", async () => {
	const on = plainMachine();
	const folder = `letters/${"to-somebody-".repeat(4)}`;
	put(on, `${folder}/ada.txt`, "Dear Ada");
	put(on, `${folder}/kai-手紙🙂.txt`, "Dear Kai");
	await say(on, "create");
	const { text } = await say(on, "show 1 --full", { columns: 60 });
	expect(text).toMatch(/^ {2}letters\/to-\S*…\S*\/ada\.txt {2}/m);
	expect(text).toMatch(/^ {2}letters\/to-\S*…\S*\/kai-手紙🙂\.txt {2}/m);
	const files = text.split("\n").filter((line) => line.includes("…"));
	for (const line of files) expect(widthOf(line)).toBeLessThanOrEqual(60);
});

it("ls and show align what they hide of a name by what is shown of it, and show no part of it", async () => {
	const on = plainMachine();
	const key = `sk-ant-api03-${"abcdefghij0123456789".repeat(4)}`;
	put(on, `letters/${key}.txt`, "Dear Cleo");
	on.volume.symlinkSync(`/srv/${key}`, `${HOME}/letters/zed`);
	await say(on, "create");
	const { text } = await say(on, "ls 1 letters");
	const column = text
		.split("\n")
		.slice(1)
		.map((line) => widthOf(/^ {2}\S+ +/.exec(line)?.[0] ?? ""));
	expect(column).toHaveLength(4);
	expect(new Set(column)).toEqual(new Set([column[0]]));
	expect(column[0]).toBeLessThan(20);
	const narrow = await say(on, "show 1 --full", { columns: 50 });
	for (const said of [text, narrow.text]) expect(said).not.toContain("sk-ant");
});
