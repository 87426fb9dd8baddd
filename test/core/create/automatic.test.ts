import { describe, expect, it } from "vitest";
import { listedIds } from "../../support/commands.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	HOME,
	plainHost,
	plainMachine,
	put,
	read,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

async function auto(on: Machine, words: string): Promise<boolean> {
	const { data } = await say(on, `auto ${words}`);
	return data.created === true;
}

describe("an agent's plugin", () => {
	it("takes one at the first start of another version, labelled pre-update", async () => {
		const on = plainMachine();
		expect(await auto(on, "start --host-version 1.0")).toBe(true);
		put(on, "config.yaml", "model: two");
		expect(await auto(on, "start --host-version 1.0")).toBe(false);
		on.clock.advance(5 * 60_000);
		expect(await auto(on, "start --host-version 2.0")).toBe(true);
		expect(listedIds(on)[0]).toContain("pre-update");
	});

	it("takes one in a while when two versions take turns at starting", async () => {
		const on = plainMachine();
		const made: boolean[] = [];
		for (const version of ["1.0", "2.0", "1.0", "2.0"]) {
			put(on, "config.yaml", `model: ${made.length}`);
			made.push(await auto(on, `start --host-version ${version}`));
			on.clock.advance(60_000);
		}
		expect(made).toEqual([true, false, false, false]);
		on.clock.advance(60_000);
		expect(await auto(on, "start --host-version 2.0")).toBe(true);
	});

	it("takes one at an update right after a snapshot that a person made", async () => {
		const on = plainMachine();
		await auto(on, "start --host-version 1.0");
		put(on, "config.yaml", "model: two");
		await say(on, "create by hand");
		put(on, "config.yaml", "model: three");
		on.clock.advance(1_000);
		expect(await auto(on, "start --host-version 2.0")).toBe(true);
	});

	it("knows the version behind a snapshot that a person made", async () => {
		const on = plainMachine();
		await auto(on, "start --host-version 1.0");
		on.clock.advance(60_000);
		await say(on, "create --force");
		put(on, "config.yaml", "model: two");
		expect(await auto(on, "start --host-version 1.0")).toBe(false);
	});

	it("takes one before a compaction or a stop, unless there is a young one", async () => {
		const on = plainMachine();
		expect(await auto(on, "compaction")).toBe(true);
		put(on, "config.yaml", "model: two");
		on.clock.advance(60_000);
		expect(await auto(on, "stop")).toBe(false);
		on.clock.advance(5 * 60_000);
		expect(await auto(on, "stop")).toBe(true);
	});

	it("takes none of what has not changed", async () => {
		const on = plainMachine();
		await auto(on, "stop");
		on.clock.advance(10 * 60_000);
		expect(await auto(on, "stop")).toBe(false);
	});

	it("takes none where that is switched off", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"automatic": false}');
		const reply = await say(on, "auto stop");
		expect(reply).toMatchObject({ ok: true, data: { created: false } });
		expect(reply.text).toContain("switched off");
	});

	it("does at a start what waits for it", async () => {
		const on = plainMachine();
		await say(on, "create --force");
		put(on, "config.yaml", "model: two");
		await say(on, "restore 1 --at-next-start");
		on.clock.advance(60_000);
		const { text, data } = await say(on, "auto start");
		expect(text).toContain("Restored snapshot");
		expect(data).toMatchObject({
			atNextStart: { snapshot: { id: "20261121-011402" }, restored: true },
		});
		expect(String(on.volume.readFileSync(`${HOME}/config.yaml`))).not.toBe(
			"model: two",
		);
		expect((await say(on, "auto start")).data.recovered).toBeUndefined();
	});

	it("leaves it to a person where no database tells what the agent has read by then", async () => {
		const on = plainMachine();
		const host = {
			...plainHost,
			critical: plainHost.critical.filter(({ database }) => !database),
		};
		await say(on, "create --force", { host });
		put(on, "config.yaml", "model: two");
		await say(on, "restore 1 --at-next-start", { host });
		await say(on, "auto start --host-version 9", { host });
		expect(read(on, "config.yaml")).toBe("model: two");
		expect((await say(on, "list", { host })).text).toContain(
			"waits: stop Plain",
		);
		expect((await say(on, "recover", { host })).text).toContain("Restored");
	});

	it("lets it go on waiting where that cannot be done, and goes on", async () => {
		const on = plainMachine();
		await say(on, "create --force");
		const [id] = listedIds(on);
		put(on, "config.yaml", "model: two");
		await say(on, "restore 1 --at-next-start");
		on.volume.rmSync(`${STORE}/${id}`, { recursive: true });
		const reply = await say(on, "auto start --host-version 9");
		expect(reply).toMatchObject({ ok: true, data: { created: true } });
		expect(reply.text).toContain("waits for the next start");
	});

	it("is told which moments there are", async () => {
		const reply = await say(plainMachine(), "auto lunch");
		expect(reply).toMatchObject({ exitCode: 2 });
		expect(reply.text).toContain("start, compaction, stop");
	});
});
