import { describe, expect, it } from "vitest";
import { metricsText, writeForAll } from "../../../src/core/status/metrics.ts";
import { standingOf } from "../../../src/core/status/standing.ts";
import { create } from "../../support/commands.ts";
import { agentOn, HOME, plainMachine } from "../../support/plain-agent.ts";

describe("the metrics", () => {
	it("are what Prometheus reads", async () => {
		const on = plainMachine();
		await create(on);
		const agent = agentOn(on);
		const store = { ...agent.store, home: 'a "b" \\ c\nd' };
		const text = metricsText({ ...agent, store }, standingOf(agent));
		const labels = '{host="plain",home="a \\"b\\" \\\\ c\\nd"}';
		const values = text
			.trimEnd()
			.split("\n")
			.filter((line) => !line.startsWith("#"));
		const seconds = Date.parse("2026-11-21T01:15:02Z") / 1000;
		expect(values[0]).toBe(
			`agent_snapshot_newest_good_timestamp_seconds${labels} ${seconds}`,
		);
		expect(values[1]).toBe(`agent_snapshot_count${labels} 1`);
		expect(values.slice(3)).toEqual([
			`agent_snapshot_last_drill_timestamp_seconds${labels} 0`,
			`agent_snapshot_last_drill_ok${labels} 0`,
			`agent_snapshot_recovery_pending${labels} 0`,
			`agent_snapshot_damaged${labels} 0`,
			`agent_snapshot_newest_good_tried_timestamp_seconds${labels} 0`,
		]);
		for (const [name = ""] of values.map((line) => line.split("{"))) {
			expect(text).toContain(`# HELP ${name} `);
			expect(text).toContain(`# TYPE ${name} gauge\n`);
		}
		expect(text.endsWith("\n")).toBe(true);
	});

	it("take the place of those before in one step, for all to read", () => {
		const on = plainMachine();
		const file = `${HOME}/snapshots.prom`;
		on.volume.writeFileSync(file, "old", { mode: 0o600 });
		writeForAll(agentOn(on), file, "new\n");
		expect(String(on.volume.readFileSync(file))).toBe("new\n");
		expect(on.system.disk.stat(file)?.mode).toBe(0o644);
		const others = on.system.disk.names(HOME);
		expect(others.filter((name) => name.endsWith(".new"))).toEqual([]);
	});

	it.each([
		["a link", (file: string) => ["symlinkSync", file] as const],
		["a directory", (file: string) => ["mkdirSync", file] as const],
	])("are not written to %s", (what, plan) => {
		const on = plainMachine();
		const file = `${HOME}/snapshots.prom`;
		const [how] = plan(file);
		if (how === "symlinkSync") on.volume.symlinkSync("diary.txt", file);
		else on.volume.mkdirSync(file);
		expect(() => writeForAll(agentOn(on), file, "x")).toThrow(what);
		expect(String(on.volume.readFileSync(`${HOME}/diary.txt`))).toBe(
			"never captured",
		);
	});

	it("are refused in a sentence where there is no such directory", () => {
		const on = plainMachine();
		expect(() => writeForAll(agentOn(on), "/nowhere/x.prom", "x")).toThrow(
			"/nowhere is not there",
		);
	});
});
