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

it("diff says which values it hides where it hides some of them", async () => {
	const on = plainMachine();
	put(on, "config.yaml", "x: 1\napi_key: Winter-5249-Rose\n");
	await say(on, "create");
	put(on, "config.yaml", "x: 2\napi_key: Summer-1738-Kale\n");
	expect((await say(on, "diff 1")).text).toContain(
		"config.yaml: x 2 → 1, api_key changed (some values hidden)",
	);
	put(on, "config.yaml", "x: 1\napi_key: Summer-1738-Kale\n");
	expect((await say(on, "diff 1")).text).toContain(
		"config.yaml: api_key changed (value hidden)",
	);
});

it("diff leads on to --full only where that says more", async () => {
	const on = plainMachine();
	put(on, "letters/photo.bin", "a\0b");
	put(on, "letters/cleo.txt", "Dear Cleo\n");
	await say(on, "create");
	put(on, "letters/photo.bin", "a\0bc");
	expect((await say(on, "diff 1")).text).toMatch(/photo\.bin: 4 B → 3 B$/);
	put(on, "letters/cleo.txt", "Dear Kai\n");
	expect((await say(on, "diff 1")).text).toContain("In full: ");
	expect((await say(on, "diff 1 letters/photo.bin")).text).not.toContain(
		"In full: ",
	);
});

it("diff of one file names up to 1,000 of its keys in a terminal, and 200 elsewhere", async () => {
	const on = plainMachine();
	const keys = (value: number) =>
		JSON.stringify(
			Object.fromEntries(
				Array.from({ length: 1000 }, (_, i) => [`k${i}`, value]),
			),
		);
	put(on, "letters/many.json", keys(1));
	await say(on, "create");
	put(on, "letters/many.json", keys(2));
	const path = "diff 1 letters/many.json --full";
	const { text } = await say(on, path, { prefix: "agent-snapshot" });
	expect(text).toContain("k0 2 → 1");
	expect(text).toContain("k999 2 → 1");
	expect(text).not.toMatch(/^and .* more key/m);
	const { data } = await say(on, path);
	expect(data.differences).toMatchObject([{ totalKeys: 1000 }]);
	expect(JSON.stringify(data).match(/"key":/g)).toHaveLength(200);
});
