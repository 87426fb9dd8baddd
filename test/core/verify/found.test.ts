import { describe, expect, it } from "vitest";
import { listedIds } from "../../support/commands.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	plainMachine,
	put,
	read,
	rot,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

async function said(on: Machine, text: string) {
	on.clock.advance(60_000);
	return say(on, text, { prefix: "agent-snapshot" });
}

/** Two good ones and a newest that captured a configuration which does not parse; ids, newest first. */
async function three(): Promise<{ on: Machine; ids: string[] }> {
	const on = plainMachine();
	await said(on, "create one");
	put(on, "letters/ada.txt", "Dear Ada, and so on");
	await said(on, "create two");
	put(on, "config.yaml", "model: [\n");
	await said(on, "create faulty");
	return { on, ids: listedIds(on) };
}

const rotTheNewest = (on: Machine, [newest]: readonly string[]) =>
	rot(on, `${STORE}/${newest}/letters/bob.txt`);

/** How it came to be known, and what the newest one is called from then on. */
const KNOWN: [
	how: string,
	mark: string,
	find: (on: Machine, ids: readonly string[]) => Promise<unknown>,
][] = [
	["a fault by verify --full", "FAULTY", (on) => said(on, "verify --full")],
	["a fault by a drill", "FAULTY", (on) => said(on, "drill")],
	[
		"damage by verify",
		"DAMAGED",
		async (on, ids) => {
			put(on, "letters/bob.txt", "Dear Bob, and so on");
			await said(on, "create --force rotten");
			rotTheNewest(on, listedIds(on));
			await said(on, "verify");
			await said(on, `remove ${ids[0]} --yes`); // the faulty one
		},
	],
];

describe.each(KNOWN)("%s", (_, mark, find) => {
	it("is known to every verb until it is refuted", async () => {
		const { on, ids } = await three();
		await find(on, ids);
		const [bad = "", good = "", oldest = ""] = listedIds(on);
		const verified = await said(on, "verify");
		expect(verified.data.newestGood).toMatchObject({ id: good });
		expect(verified.exitCode).toBe(1);
		expect(verified.text).toContain(`The newest good one: ${good}`);
		const status = await said(on, "status");
		expect(status.data.newest).toMatchObject({ id: good });
		expect(status.text).toContain(`Not good: ${bad}`);
		const list = await said(on, "list");
		expect(list.text).toContain(`[${mark}`);
		expect(list.data[mark === "FAULTY" ? "faulty" : "foundDamaged"]).toContain(
			bad,
		);
		expect((await said(on, "show 1")).text).not.toContain("Put it back with");
		expect((await said(on, "pin 1")).text).toContain("WARNING");
		await said(on, "unpin 1");
		const pruned = await said(on, "prune --keep-last 1 --dry-run");
		expect(pruned.text).toContain("Would remove 1 snapshot");
		expect(pruned.text).toMatch(new RegExp(`goes .* ${oldest}`));
		// The last good one does not go for it.
		expect((await said(on, `remove ${oldest} --yes`)).ok).toBe(true);
		const refused = await said(on, `remove ${good} --yes`);
		expect(refused).toMatchObject({ ok: false });
		expect(refused.text).toContain("is the last good snapshot");
		expect(listedIds(on)).toEqual([bad, good]);
	});
});

describe("one that is faulty", () => {
	it("is put back with a warning", async () => {
		const { on } = await three();
		await said(on, "verify --full");
		for (const present of ["model: four\n", "model: [\n"])
			for (const verb of ["restore 1 --dry-run", "restore 1"]) {
				put(on, "config.yaml", present);
				const { ok, text } = await said(on, verb);
				expect(ok).toBe(true);
				expect(text).toContain("WARNING: its verification");
				expect(text).toContain("config.yaml");
			}
		expect((await said(on, "restore 1 letters")).text).not.toContain("WARNING");
	});

	it("is on no list of damaged ones, and verify says so", async () => {
		const { on } = await three();
		const { text } = await said(on, "verify --full --repair-list");
		expect(text).toContain("not on that list");
	});

	it("is the last to stay where there is no good one", async () => {
		const on = plainMachine();
		put(on, "config.yaml", "model: [\n");
		await said(on, "create one");
		put(on, "letters/ada.txt", "Dear Ada, and so on");
		await said(on, "create two");
		await said(on, "verify --full");
		expect((await said(on, "remove 2 --yes")).ok).toBe(true);
		const { text } = await said(on, "remove 1 --yes");
		expect(text).toContain("the last snapshot that is as it was captured");
		expect(listedIds(on)).toHaveLength(1);
	});
});

describe("a restore to which the present is as captured", () => {
	it.each<[what: string, spoil: (on: Machine, id: string) => unknown]>([
		[
			"written to since",
			({ volume }, id) => {
				const path = `${STORE}/${id}/config.yaml`;
				const { mtimeMs } = volume.statSync(`${STORE}/${id}/manifest.json`);
				volume.writeFileSync(path, "modul: [\n");
				volume.utimesSync(path, 0, Number(mtimeMs) / 1000 + 1);
			},
		],
		[
			"that has rotted, as verify found",
			async (on, id) => {
				rot(on, `${STORE}/${id}/config.yaml`);
				await said(on, "verify 1");
			},
		],
	])("refuses a snapshot %s", async (_, spoil) => {
		const { on, ids } = await three();
		const [newest = ""] = ids;
		on.clock.advance(60_000);
		await spoil(on, newest);
		const before = read(on, "config.yaml");
		for (const verb of ["restore 1", "restore 1 --dry-run"])
			expect(await said(on, verb)).toMatchObject({
				ok: false,
				error: { code: "damaged" },
				text: expect.stringContaining("config.yaml"),
			});
		expect((await said(on, "restore 1 letters")).ok).toBe(true);
		expect(read(on, "config.yaml")).toBe(before);
	});
});

describe("diff", () => {
	it("names each of two that have the same damage", async () => {
		const { on, ids } = await three();
		for (const id of ids.slice(0, 2)) {
			rot(on, `${STORE}/${id}/config.yaml`);
		}
		const { text } = await said(on, "diff 2 1");
		for (const id of ids.slice(0, 2))
			expect(text).toContain(`in ${id} it does not have the content`);
	});
});
