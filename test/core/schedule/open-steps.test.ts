import { beforeEach, describe, expect, it } from "vitest";
import { readRuns } from "../../../src/core/schedule/run-log.ts";
import { runSchedule } from "../../../src/core/schedule/schedule-run.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainHost,
	plainMachine,
	put,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

const PING = "https://ping.example/x";
const MINUTE = 60_000;

let on: Machine;
let posted: string[];

beforeEach(() => {
	on = plainMachine();
	posted = [];
	on.web = (url, text) => {
		posted.push(`${url.slice(PING.length) || "/ok"} ${text}`);
		return undefined;
	};
	put(
		on,
		"state-snapshots/config.json",
		JSON.stringify({ schedule: { ping: PING } }),
	);
	on.volume.chmodSync(`${HOME}/state-snapshots`, 0o700);
});

/** What each step besides the snapshot comes to: a failure, or nothing that was due. */
type Came = "well" | "badly" | "not due";

async function run(steps: Readonly<Record<string, Came>>, minutes = 60) {
	on.clock.advance(minutes * MINUTE);
	const places = { home: HOME, roots: {} };
	const known = { host: plainHost, places, environment: {} };
	const work = (came: Came) => async () => {
		if (came === "badly") throw new Error("no way");
		return came === "well" ? { what: "there" } : undefined;
	};
	const more = Object.entries(steps).map(([name, came]) => ({
		name,
		work: work(came),
	}));
	return runSchedule(agentOn(on), known, {
		...{ time: undefined, ifDue: false, weeklyDrill: false },
		...{ places, more },
	});
}

const notice = async () => {
	const [first = ""] = (await say(on, "list")).text.split("\n");
	return /FAILED \((.*?)\)/.exec(first)?.[1];
};

describe("a step that failed", () => {
	it.each<[what: string, then: Readonly<Record<string, Came>>, left: boolean]>([
		["is left by a run without it", {}, true],
		["is left by a run of another kind", { drill: "well" }, true],
		["is mended when it goes well", { "push to a": "well" }, false],
		[
			"is mended when it is not due any more",
			{ "push to a": "not due" },
			false,
		],
		["is gone with its repository", { push: "well" }, false],
		[
			"is left when another of its kind went well",
			{ "push to a": "badly", "push to b": "well" },
			true,
		],
	])("%s", async (_, then, isLeft) => {
		await run({ "push to a": "badly" });
		expect(await notice()).toMatch(/^push to a: /);
		const first = readRuns(agentOn(on))[0]?.at;
		posted.length = 0;
		await run(then);
		const left = await notice();
		expect(left === undefined).toBe(!isLeft);
		// Nobody is told that all is well while it is not.
		expect(posted.at(-1)?.split(" ")[0]).toBe(isLeft ? "/fail" : "/ok");
		const isTried = "push to a" in then;
		if (isLeft && !isTried) {
			expect(posted.at(-1)).toContain(`Since ${first} push to a: `);
			const { text, data } = await say(on, "schedule status", {
				prefix: "agent-snapshot",
			});
			expect(text).toMatch(/went well.*\nNot mended since .*: push to a: /);
			expect(data.lastRun).toMatchObject({ ok: true, open: [{ at: first }] });
			// And by those after it.
			await run({});
			expect(await notice()).toBe(left);
		}
	});
});

describe("a run within minutes of a good one", () => {
	it.each<[what: string, first: string[], then: string[], isDone: boolean]>([
		["does nothing where it is asked for no more", ["push"], [], false],
		["does nothing where it is the same", ["push"], ["push"], false],
		["pushes where that one did not", [], ["push"], true],
		["drills where that one only pushed", ["push"], ["drill"], true],
		["pushes to a new repository", ["push"], ["push to a", "push to b"], true],
	])("%s", async (_, first, then, isDone) => {
		const well = (names: string[]) =>
			Object.fromEntries(names.map((name) => [name, "well" as const]));
		await run(well(first));
		expect("run" in (await run(well(then), 1))).toBe(isDone);
	});

	it("does what was asked for on a command line", async () => {
		const terminal = { prefix: "agent-snapshot" };
		await say(on, "schedule run", terminal);
		on.clock.advance(MINUTE);
		const drilled = await say(on, "schedule run --weekly-drill", terminal);
		expect(drilled.text).toContain("Drill: ");
		on.clock.advance(MINUTE);
		const pushed = await say(on, "schedule run --push", terminal);
		expect(pushed).toMatchObject({ ok: false });
		expect(pushed.text).toContain("Push FAILED");
	});
});
