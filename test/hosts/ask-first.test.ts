import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runAskingFirst } from "../../src/hosts/ask-first.ts";
import { createSnapshotCommand, hosts } from "../../src/index.ts";
import { homeWith } from "./home-with.ts";

const timeout = 60_000;

/** Two snapshots, ONE and TWO, and a present. */
async function twoSnapshots() {
	const home = homeWith({ "settings.json": "ONE", "auth.json": "{}" });
	const file = path.join(home, "settings.json");
	const command = createSnapshotCommand(hosts.pi, { home });
	await command.run("create one");
	fs.writeFileSync(file, "TWO");
	await command.run("create two");
	fs.writeFileSync(file, "PRESENT");
	const asked: string[] = [];
	return {
		command,
		asked,
		write: (content: string) => fs.writeFileSync(file, content),
		content: () => fs.readFileSync(file, "utf8"),
		/** @param meanwhile what happens while the question stands */
		type: (text: string, meanwhile: () => Promise<unknown> = async () => {}) =>
			runAskingFirst(command, text, {
				async select(title, options) {
					asked.push(title.split("\n")[0] ?? "");
					await meanwhile();
					return options.at(-1);
				},
				tell() {},
			}),
	};
}

describe("what was confirmed is what is done", () => {
	it("of a restore, when another snapshot has moved the numbers meanwhile", {
		timeout,
	}, async () => {
		const { command, type, content } = await twoSnapshots();
		const reply = await type("restore 2", () =>
			command.run("create --force meanwhile"),
		);
		expect(reply?.ok).toBe(true);
		expect(content()).toBe("ONE");
	});

	it("of a removal, which goes by the id that the question named", {
		timeout,
	}, async () => {
		const { command, type, asked } = await twoSnapshots();
		const reply = await type("remove 2", () =>
			command.run("create --force meanwhile"),
		);
		expect(reply?.ok).toBe(true);
		expect(asked[0]).toMatch(/^To remove snapshot 2 /);
		const { data } = await command.run("list");
		const labels = Object(data.snapshots).map(
			({ label }: { label: string }) => label,
		);
		expect(labels).toEqual(["meanwhile", "two"]);
	});

	it("of an undo: after another restore it is not done", {
		timeout,
	}, async () => {
		const { command, type, write, content } = await twoSnapshots();
		await command.run("restore 2");
		const reply = await type("undo", async () => {
			write("LATER");
			await command.run("restore 1");
		});
		expect(reply).toMatchObject({ ok: false, data: {} });
		expect(reply?.text).toContain("Nothing was changed. Type undo again");
		expect(content()).toBe("TWO");
		expect(await type("undo")).toMatchObject({ ok: true });
		expect(content()).toBe("LATER");
	});
});

describe("what changes nothing now is not asked about", () => {
	it.each([
		["restore 1 --at-next-start", "Nothing was changed yet"],
		["rewind 2 --dry-run", "would"],
		["restore --help", "restore"],
		["restore 1 --nonsense", "has no flag --nonsense"],
	])("%s", { timeout }, async (text, shown) => {
		const { type, asked, content } = await twoSnapshots();
		expect((await type(text))?.text).toContain(shown);
		expect(asked).toEqual([]);
		expect(content()).toBe("PRESENT");
	});

	it("undo --at-next-start", { timeout }, async () => {
		const { type, asked, command, content } = await twoSnapshots();
		await command.run("restore 2");
		expect((await type("undo --at-next-start"))?.text).toContain(
			"Nothing was changed yet",
		);
		expect(asked).toEqual([]);
		expect(content()).toBe("ONE");
	});
});

it.each([
	["restore 1 -- settings.json", "TWO", 1],
	["restore --wait 5 2 settings.json", "ONE", 1],
	["restore --wait 5", "ONE", 2],
	["restore --include auth.json", "ONE", 2],
	["restore --no-undo", "ONE", 2],
])(
	"%s is asked about, and done",
	{ timeout },
	async (text, then, questions) => {
		const { type, asked, content } = await twoSnapshots();
		expect(await type(text)).toMatchObject({ ok: true });
		expect(asked).toHaveLength(questions);
		if (questions === 2) expect(asked[0]).toBe("Restore which snapshot?");
		expect(content()).toBe(then);
	},
);
