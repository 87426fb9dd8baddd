import { describe, expect, it } from "vitest";
import { atOnce, breathe, inTurns, type Work } from "../../src/core/work.ts";
import type { Phase } from "../../src/system/system.ts";
import { machine } from "../support/memory-system.ts";

/** Pieces that take so many milliseconds each, on a clock where a sleep lets Ctrl-C in. */
function scene({ pieces = 10, each = 20, pressAt = Number.NaN } = {}) {
	const { system, clock } = machine();
	const ending = new AbortController();
	const patience = { signal: ending.signal, deadline: undefined };
	const happened: string[] = [];
	let pressed = false;
	const sleeping = {
		...system,
		clock: {
			...clock,
			async sleep() {
				happened.push("turn");
				if (pressed) ending.abort();
			},
		},
	};
	function* work(): Work<string> {
		try {
			for (let piece = 1; piece <= pieces; piece++) {
				clock.advance(each);
				pressed ||= piece === pressAt;
				happened.push(String(piece));
				yield 7;
			}
			return "all of it";
		} finally {
			happened.push("closed");
		}
	}
	return { system: sleeping, patience, work, happened };
}

describe("long work", () => {
	it("lets others in every 50 ms, and ends with what it made", async () => {
		const { system, patience, work, happened } = scene({ pieces: 6 });
		expect(await inTurns(system, patience, work())).toBe("all of it");
		expect(happened.join(" ")).toBe("1 2 3 4 turn 5 6 closed");
	});

	it("ends at the next piece after Ctrl-C was let in, and closes what it has open", async () => {
		const { system, patience, work, happened } = scene({ pressAt: 2 });
		await expect(inTurns(system, patience, work())).rejects.toMatchObject({
			code: "interrupted",
		});
		expect(happened.join(" ")).toBe("1 2 3 4 turn closed");
	});

	it("of thousands of short works is one", async () => {
		const { system, patience, work, happened } = scene({ pieces: 1, each: 20 });
		for (let times = 0; times < 7; times++)
			await inTurns(system, patience, work());
		expect(happened.filter((one) => one === "turn")).toHaveLength(2);
	});

	it("tells of every piece, if somebody wants to know", async () => {
		const { system, patience, work } = scene({ pieces: 3 });
		let bytes = 0;
		const progress = {
			begin(_: Phase) {},
			at() {},
			end() {},
			add(more: number) {
				bytes += more;
			},
		};
		await inTurns(system, { ...patience, progress }, work());
		expect(bytes).toBe(21);
	});

	it("done at once lets nobody in, and ends when its pause throws", () => {
		const { work, happened } = scene({ pieces: 2 });
		expect(atOnce(work(), () => {})).toBe("all of it");
		const stop = () => {
			throw new Error("that is enough");
		};
		expect(() => atOnce(work(), stop)).toThrow("that is enough");
		expect(happened.join(" ")).toBe("1 2 closed 1 closed");
	});

	it("without pieces of its own has breaths, which end it too", async () => {
		const { system, patience } = scene();
		await breathe(system, patience);
		await expect(
			breathe(system, { ...patience, deadline: -1 }),
		).rejects.toMatchObject({ code: "timed-out" });
	});
});
