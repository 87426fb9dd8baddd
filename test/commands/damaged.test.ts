import { expect, it } from "vitest";
import { create, listedIds } from "../support/commands.ts";
import { plainMachine, put, STORE } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

it("names a snapshot that was found damaged wherever it is shown", async () => {
	const on = plainMachine();
	put(on, "config.yaml", "model: one\n");
	await create(on);
	put(on, "config.yaml", "model: two\n");
	await create(on);
	const [, id = ""] = listedIds(on);
	const stored = `${STORE}/${id}/config.yaml`;
	on.volume.chmodSync(stored, 0o600);
	on.volume.writeFileSync(stored, "model: ten\n");
	const marking = await say(on, "verify --repair-list");
	expect(marking.text).toContain(`Nothing relies any more on: ${id}.`);

	expect((await say(on, "list")).text).toContain("[DAMAGED]");
	expect((await say(on, "status")).text).toContain(
		`Damaged, and not to be restored: ${id}.`,
	);
	const shown = await say(on, "show 2");
	expect(shown.text).toMatch(
		/^DAMAGED, found .*: config\.yaml does not have the content that was captured\.$/m,
	);
	expect(shown.text).toContain(`/snapshot restore ${id} PATH`);
	expect(shown.data.damaged).toMatchObject({ why: expect.any(String) });
	for (const words of ["diff 2", "diff 2 --full", "diff 1 2"])
		expect((await say(on, words)).text, words).toContain(
			"Snapshot 2 is DAMAGED: config.yaml",
		);
	expect((await say(on, "show 1")).text).not.toContain("DAMAGED");
	expect((await say(on, "diff 1")).text).not.toContain("DAMAGED");
});

it("verify says how to see all that is damaged, and --full names each", async () => {
	const on = plainMachine();
	for (let made = 0; made < 7; made++) {
		put(on, "config.yaml", `model: ${made}\n`);
		await create(on);
	}
	const ids = listedIds(on);
	for (const id of ids) on.volume.unlinkSync(`${STORE}/${id}/config.yaml`);
	const { text } = await say(on, "verify");
	expect(text).toContain("and 3 snapshots more: /snapshot verify --full\n");
	expect(text.split("\n").length).toBeLessThanOrEqual(12);
	const full = await say(on, "verify --full");
	for (const id of ids)
		expect(full.text).toContain(`  ${id} DAMAGED: config.yaml is missing.`);
});

it("status says that it was a drill that failed, of what nobody has verified", async () => {
	const on = plainMachine();
	await create(on);
	const [id] = listedIds(on);
	on.volume.unlinkSync(`${STORE}/${id}/config.yaml`);
	await say(on, "drill 1");
	expect((await say(on, "status")).text).toContain(
		`Not good: ${id} (its drill just now failed: config.yaml is missing).`,
	);
});

it("says of what two snapshots share that it is damaged in both", async () => {
	const on = plainMachine();
	await create(on);
	put(on, "config.yaml", "model: two\n");
	await create(on);
	const [newest, old] = listedIds(on);
	expect((await say(on, "diff 2 1")).text).not.toContain("letters/ada.txt");
	const stored = `${STORE}/${newest}/letters/ada.txt`;
	on.volume.chmodSync(stored, 0o600);
	on.volume.writeFileSync(stored, "Dear Eve");
	expect((await say(on, "diff 2 1")).text).toContain(
		`letters/ada.txt: in ${old} it does not have the content that was captured`,
	);
	const other = `${STORE}/${newest}/letters/bob.txt`;
	on.volume.unlinkSync(other);
	on.volume.mkdirSync(other);
	expect((await say(on, "diff 2 1")).text).toContain(
		`letters/bob.txt: in ${newest} it is a directory where a file was captured`,
	);
});
