import { expect, it } from "vitest";
import { HOME, plainMachine, put } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

it("diff calls only files files: a link that will go is one", async () => {
	const on = plainMachine();
	await say(on, "create");
	put(on, "letters/cleo.txt", "Dear Cleo");
	on.volume.symlinkSync("/etc/hosts", `${HOME}/letters/hosts`);
	expect((await say(on, "diff 1")).text).toContain(
		"1 file and 1 link will go: letters/cleo.txt, letters/hosts",
	);
	put(on, "letters/dan.txt", "Dear Dan");
	expect((await say(on, "diff 1")).text).toContain(
		"2 files and 1 link will go: ",
	);
});

it("diff --full says of an entry whose name it hides that it does", async () => {
	const on = plainMachine();
	put(on, "token.json", '{"5551234567": {"user": "ada"}}');
	await say(on, "create");
	put(on, "token.json", '{"5551234567": {"user": "ada"}, "5559876543": {}}');
	const { text } = await say(on, "diff 1 --full");
	expect(text).not.toContain("555");
	expect(text).toContain("an entry (its name is hidden) will go");
});
