import { describe, expect, it } from "vitest";
import { withLock } from "../../../src/core/store/lock.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	STORE,
} from "../../support/plain-agent.ts";

const LOCK = `${STORE}/.lock.db`;

function locked<T>(
	on: Machine,
	work: () => T | Promise<T>,
	options: Parameters<typeof agentOn>[1] = {},
): Promise<T> {
	return withLock(agentOn(on, options), "create", async () => work());
}

describe("the lock", () => {
	it("lets one command in at a time, and says who is at work", async () => {
		const on = plainMachine();
		const second = await locked(on, () => locked(on, () => {}).catch(String));
		expect(second).toContain(
			"Another command is at work here (create, process 4242, since 2026-11-21T01:14:02.000Z). Nothing was changed.",
		);
	});

	it("lets the next one in when the first is done, or has failed", async () => {
		const on = plainMachine();
		await locked(on, () => "done");
		await locked(on, () => {
			throw new Error("failed");
		}).catch(String);
		expect(await locked(on, () => "let in")).toBe("let in");
	});

	it("is not taken for held, nor removed, when something else was written to it", async () => {
		const on = plainMachine();
		on.system.sqlite.tryLock = () => {
			throw Object.assign(new Error("file is not a database"), {
				code: "SQLITE_NOTADB",
			});
		};
		await expect(locked(on, () => {})).rejects.toMatchObject({
			code: "failed",
			message: expect.stringContaining("is no lock any more"),
		});
	});

	it("is not opened beside something that SQLite would wait for", async () => {
		const on = plainMachine();
		on.volume.mkdirSync(`${LOCK}-journal`, { recursive: true });
		on.system.sqlite.tryLock = () => expect.unreachable("it was opened");
		await expect(locked(on, () => {})).rejects.toMatchObject({
			code: "failed",
			message: `${LOCK}-journal is a directory, where the lock is kept. Nothing was changed.`,
		});
	});

	it("is taken though a directory stands where the holder's name belongs", async () => {
		const on = plainMachine();
		on.volume.mkdirSync(`${STORE}/.lock.holder`, { recursive: true });
		expect(await locked(on, () => "let in")).toBe("let in");
	});

	it("waits as long as it is told to, and takes its turn", async () => {
		const on = plainMachine();
		on.elsewhere.locked.add(LOCK);
		const sleep = on.clock.sleep;
		const clock = {
			...on.clock,
			async sleep(milliseconds: number) {
				await sleep(milliseconds);
				if (on.clock.monotonic() >= 400) on.elsewhere.locked.delete(LOCK);
			},
		};
		const waiting = { ...on, system: { ...on.system, clock } };
		const wait = (waitMilliseconds: number) =>
			locked(waiting, () => "let in", { waitMilliseconds }).catch(String);
		expect(await wait(300)).toContain("Another command is at work");
		expect(await wait(300)).toBe("let in");
	});

	it("stops waiting when it is interrupted or the time is up", async () => {
		const on = plainMachine();
		on.elsewhere.locked.add(LOCK);
		const patience = (deadline?: number) => ({
			signal:
				deadline === undefined
					? AbortSignal.abort()
					: new AbortController().signal,
			deadline,
		});
		const code = (deadline?: number) =>
			expect(
				locked(on, () => {}, {
					waitMilliseconds: 60_000,
					patience: patience(deadline),
				}),
			).rejects;
		await code().toMatchObject({ code: "interrupted" });
		await code(100).toMatchObject({ code: "timed-out" });
	});

	it("shows nothing of a holder's name that a terminal could take amiss", async () => {
		const on = plainMachine();
		on.elsewhere.locked.add(LOCK);
		on.volume.mkdirSync(STORE);
		on.volume.writeFileSync(`${STORE}/.lock.holder`, "evil\u001b[2J\n");
		expect(await locked(on, () => {}).catch(String)).toContain("(evil[2J)");
	});

	it("is never taken through a link that was put in its place", async () => {
		const on = plainMachine();
		on.volume.mkdirSync(STORE);
		on.volume.symlinkSync(`${HOME}/config.yaml`, LOCK);
		await locked(on, () => {});
		expect(on.volume.lstatSync(LOCK).isSymbolicLink()).toBe(false);
	});

	it.each([
		LOCK,
		`${LOCK}-wal`,
	])("that is something else is named: %s", async (path) => {
		const on = plainMachine();
		on.volume.mkdirSync(path, { recursive: true });
		on.system.sqlite.tryLock = () => {
			throw Object.assign(new Error("disk I/O error"), {
				code: "SQLITE_IOERR",
			});
		};
		await expect(locked(on, () => {})).rejects.toMatchObject({
			code: "failed",
			message: `${path} is a directory, where the lock is kept. Nothing was changed.`,
		});
	});

	it("can be taken on a full disk, which may not take the holder's name", async () => {
		const on = plainMachine();
		on.before = (call) => {
			if (!call.startsWith("write")) return;
			throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
		};
		expect(await locked(on, () => "let in")).toBe("let in");
	});

	it("is released though the holder's name cannot be removed", async () => {
		const on = plainMachine();
		on.before = (call) => {
			if (call.startsWith("unlink"))
				throw Object.assign(new Error("EIO"), { code: "EIO" });
		};
		await locked(on, () => {}).catch(String);
		on.before = () => {};
		expect(await locked(on, () => "let in")).toBe("let in");
	});
});
