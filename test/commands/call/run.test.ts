import { describe, expect, it } from "vitest";
import { HOME, plainMachine, put } from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

describe("a reply", () => {
	it("of create has for programs what was made", async () => {
		const on = plainMachine();
		expect(await say(on, "create my label")).toMatchObject({
			ok: true,
			exitCode: 0,
			data: {
				created: true,
				snapshot: {
					id: "20261121-011402-my-label",
					number: 1,
					label: "my label",
					createdAt: "2026-11-21T01:14:02.000Z",
					reason: "manual",
					files: 6,
					bytes: 167,
				},
			},
		});
		expect(await say(on, "create")).toMatchObject({
			ok: true,
			exitCode: 0,
			data: { created: false, snapshot: { id: "20261121-011402-my-label" } },
		});
	});

	it("of an incomplete create is not ok, exit 3, and says what was missed", async () => {
		const on = plainMachine();
		put(on, "state.db", Buffer.alloc(200));
		expect(await say(on, "create")).toMatchObject({
			ok: false,
			exitCode: 3,
			data: { missed: [{ path: "state.db", lost: true }] },
		});
	});

	it("of list, prune and restore has for programs what they show", async () => {
		const on = plainMachine();
		await say(on, "create");
		on.clock.advance(60_000);
		await say(on, "create --force");
		put(on, "config.yaml", "model: two");
		expect((await say(on, "list --limit 1")).data).toMatchObject({
			snapshots: [{ id: "20261121-011502", number: 1 }],
			total: 2,
			damaged: [],
			recoveryPending: false,
		});
		expect((await say(on, "restore 1 --dry-run")).data).toMatchObject({
			snapshot: { id: "20261121-011502" },
			dryRun: true,
			restored: false,
			plan: [{ do: "write", path: "config.yaml" }],
			undo: null,
		});
		expect((await say(on, "restore 1")).data).toMatchObject({
			restored: true,
			undo: "20261121-011502-before-restore",
		});
		expect((await say(on, "prune 1")).data).toMatchObject({
			removed: ["20261121-011402"],
			dryRun: false,
		});
	});

	it("comes from the home that a link leads to", async () => {
		const on = plainMachine();
		on.volume.symlinkSync(HOME, "/home/ada/link");
		await say(on, "create", { places: { home: "/home/ada/link", roots: {} } });
		expect(on.volume.existsSync(`${HOME}/state-snapshots`)).toBe(true);
	});

	it("names the commands as they are typed there", async () => {
		const { text } = await say(plainMachine(), "", {
			prefix: "agent-snapshot",
		});
		expect(text).toContain("agent-snapshot create");
	});
});

describe("--best-effort", () => {
	it("never fails an update, and still says what was wrong", async () => {
		const on = plainMachine();
		on.freeBytes = 0;
		expect(
			await say(on, "create --reason pre-update --best-effort"),
		).toMatchObject({ ok: false, exitCode: 0, error: { code: "no-space" } });
		on.volume.rmSync(HOME, { recursive: true });
		expect(await say(on, "create --best-effort")).toMatchObject({
			exitCode: 0,
			error: { code: "no-home" },
		});
	});

	it("is a word of the label behind --", async () => {
		const on = plainMachine();
		on.freeBytes = 0;
		expect((await say(on, "create -- --best-effort")).exitCode).toBe(1);
	});

	it("does not let a restore that was refused pass for done", async () => {
		const { exitCode } = await say(plainMachine(), "restore 1 --best-effort");
		expect(exitCode).not.toBe(0);
	});
});

describe("an update's snapshot", () => {
	it("is labelled so, and waits no longer for another command than it may take", async () => {
		const on = plainMachine();
		on.elsewhere.locked.add(`${HOME}/state-snapshots/.lock.db`);
		const { error } = await say(
			on,
			"create --reason pre-update --timeout 2 --wait 100",
		);
		expect(error?.code).toBe("locked");
		expect(on.clock.monotonic()).toBeLessThan(3000);
	});
});
