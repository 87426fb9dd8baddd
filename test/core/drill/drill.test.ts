import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import {
	type DrillRequest,
	drillSnapshot,
} from "../../../src/core/drill/drill.ts";
import { environmentIn } from "../../../src/core/drill/drill-home.ts";
import { readDrills } from "../../../src/core/drill/drills.ts";
import { create, listedIds } from "../../support/commands.ts";
import { dyingEverywhere } from "../../support/dying.ts";
import { type Machine, machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainHost,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";

const places = { home: HOME, roots: {} };

function drill(on: Machine, request: Partial<DrillRequest> = {}) {
	return drillSnapshot(agentOn(on), {
		ref: "latest",
		start: undefined,
		places,
		...request,
	});
}

async function withSnapshot(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	return on;
}

/** All that the agent has, with what is known of each. */
function agentsOwn({ system }: Machine): Record<string, string> {
	const { disk } = system;
	const found: Record<string, string> = {};
	const walk = (directory: string) => {
		for (const name of disk.names(directory)) {
			const path = `${directory}/${name}`;
			if (path === STORE) continue;
			const stat = disk.stat(path);
			found[path] = `${stat?.signature} ${stat?.mode}`;
			if (stat?.kind === "directory") walk(path);
		}
	};
	walk(HOME);
	return found;
}

function namesInStore({ system }: Machine): string[] {
	return system.disk.names(STORE);
}

describe("a drill", () => {
	it("restores all of a snapshot elsewhere, and leaves nothing but a line", async () => {
		const on = await withSnapshot();
		put(on, "config.yaml", "model: broken since\n");
		on.volume.unlinkSync(`${HOME}/token.json`);
		const before = agentsOwn(on);
		const names = namesInStore(on);
		const { drill: done, left } = await drill(on);
		expect(done).toMatchObject({
			ok: true,
			id: listedIds(on)[0],
			files: 5, // what runs is not put back
		});
		expect(left).toEqual(["running.json"]);
		expect(agentsOwn(on)).toEqual(before);
		expect(namesInStore(on)).toEqual([...names, "drills.jsonl"]);
		expect(on.system.disk.stat(`${STORE}/drills.jsonl`)?.mode).toBe(0o600);
		expect(readDrills(agentOn(on))).toEqual([done]);
	});

	it("of a damaged snapshot fails with the sentence of a restore, and says so in its line", async () => {
		const on = await withSnapshot();
		const [id = ""] = listedIds(on);
		const kept = `${STORE}/${id}/config.yaml`;
		on.volume.chmodSync(kept, 0o600);
		on.volume.writeFileSync(kept, "model: two\n");
		const { drill: done } = await drill(on);
		expect(done).toMatchObject({
			ok: false,
			why: `Snapshot ${id} is damaged: config.yaml does not have the content that was captured`,
		});
		expect(readDrills(agentOn(on))).toEqual([done]);
		expect(namesInStore(on).filter((name) => name.includes("scratch"))).toEqual(
			[],
		);
	});

	it("of one whose manifest cannot be read fails, too", async () => {
		const on = await withSnapshot();
		const [id = ""] = listedIds(on);
		on.volume.writeFileSync(`${STORE}/${id}/manifest.json`, "{");
		const { drill: done } = await drill(on, { ref: id });
		expect(done).toMatchObject({ id, ok: false });
		expect(done.why).toContain(`The manifest of ${id}`);
	});

	it("fails with a configuration that did not parse when it was captured, and not with a person's document", async () => {
		const on = plainMachine();
		put(on, "letters/list.json", "{ not: json");
		await create(on);
		const document = await drill(on);
		expect(document.drill.ok).toBe(true);
		expect(document.notes.map(({ path }) => path)).toEqual([
			"letters/list.json",
		]);
		put(on, "config.yaml", "model: [one");
		await create(on);
		expect((await drill(on)).drill).toMatchObject({
			ok: false,
			why: "config.yaml is not YAML (line 1), already when it was captured",
		});
	});

	it("takes no room that has to stay free", async () => {
		const on = await withSnapshot();
		on.freeBytes = 128 * 1024 * 1024;
		const { drill: done } = await drill(on);
		expect(done.why).toContain("Not enough room");
	});

	it("does not begin beside another command, and notes nothing", async () => {
		const on = await withSnapshot();
		on.elsewhere.locked.add(`${STORE}/.lock.db`);
		await expect(drill(on)).rejects.toMatchObject({ code: "locked" });
		expect(readDrills(agentOn(on))).toEqual([]);
	});

	it("goes on while a restore waits to be finished, which it leaves as it is", async () => {
		const on = await withSnapshot();
		on.volume.mkdirSync(`${STORE}/.restore`);
		on.volume.writeFileSync(`${STORE}/.restore/journal.json`, "{}");
		expect((await drill(on)).drill.ok).toBe(true);
		expect(on.volume.existsSync(`${STORE}/.restore/journal.json`)).toBe(true);
	});

	it("starts a command, which is good if it ends well or runs on", async () => {
		const on = await withSnapshot();
		on.programs.set("good", () => ({ exitCode: 0 }));
		on.programs.set("bad", () => ({ exitCode: 3 }));
		const start = (command: string) =>
			drill(on, { start: { command, milliseconds: 1000 } });
		expect((await start("good")).drill.ok).toBe(true);
		expect((await start("server")).drill.ok).toBe(true);
		expect((await start("bad")).drill).toMatchObject({
			ok: false,
			why: "the command ended with 3",
		});
	});

	it("fails when the command that it started has left less of what is counted", async () => {
		const on = plainMachine();
		put(on, "jobs.json", "[1, 2, 3]");
		const host = {
			...plainHost,
			critical: [...plainHost.critical, { path: "jobs.json" }],
			counted: [
				{ what: "job", path: "jobs.json", at: [] },
				{ what: "job", path: "moved.json", at: [] },
			],
		};
		const agent = agentOn(on, { host });
		await createSnapshot(agent, {
			label: null,
			reason: "manual",
			force: true,
		});
		const writing = (path: string, text: string) => () => {
			const { volume } = on;
			const all = volume.readdirSync(STORE).map(String);
			const folder = all.find((name) => /^\.scratch-.*(?<!lock)$/.test(name));
			const there = `${STORE}/${folder}/home/ada/.plain`;
			volume.unlinkSync(`${there}/jobs.json`);
			volume.writeFileSync(`${there}/${path}`, text);
			return { exitCode: 0 };
		};
		on.programs.set("empties", writing("jobs.json", "[]"));
		on.programs.set("loses", writing("jobs.json", "[1, 2]"));
		on.programs.set("moves", writing("moved.json", "[1, 2, 3, 4]"));
		const started = async (command: string) => {
			const start = { command, milliseconds: 1000 };
			return (await drillSnapshot(agent, { ref: "latest", start, places }))
				.drill;
		};
		expect(await started("empties")).toMatchObject({
			ok: false,
			why: "of 3 jobs the command has left none",
		});
		expect((await started("loses")).why).toContain("left only 2");
		expect((await started("moves")).ok).toBe(true);
	});

	it("keeps the last thousand lines, and passes over a torn one", async () => {
		const on = await withSnapshot();
		const { drill: first } = await drill(on);
		const line = `${JSON.stringify({ ...first, id: "old" })}\n`;
		const torn = line.repeat(1200) + line.slice(0, 20);
		on.volume.writeFileSync(`${STORE}/drills.jsonl`, torn);
		await drill(on);
		const drills = readDrills(agentOn(on));
		expect(drills).toHaveLength(1000);
		expect(drills.at(-1)?.id).toBe(first.id);
		expect(drills.at(-2)?.id).toBe("old");
	});

	it("that dies anywhere has touched nothing, and its folder goes with the next create", async () => {
		const first = await withSnapshot();
		putDatabase(first, "state.db", "eleven messages");
		const before = agentsOwn(first);
		await dyingEverywhere(
			first,
			(on) => drill(on),
			async ({ on, at }) => {
				expect(agentsOwn(on), at).toEqual(before);
				await create(on);
				const left = namesInStore(on).filter((name) => /scratch/.test(name));
				expect(left, at).toEqual([]);
				expect(listedIds(on), at).toHaveLength(2);
			},
		);
	});
});

describe("the home of a drill", () => {
	it("is told to a program by the host's variables", async () => {
		const on = await withSnapshot();
		expect(environmentIn(agentOn(on), places, "/scratch")).toEqual({
			PLAIN_HOME: "/scratch/home/ada/.plain",
		});
	});

	it("is told by the directory above where a variable names that", () => {
		const on = plainMachine();
		const home = { variable: "DATA", place: ".local", below: ".plain" };
		const host = { ...plainHost, home };
		expect(environmentIn(agentOn(on, { host }), places, "/s")).toEqual({
			DATA: "/s/home/ada",
		});
	});

	it("takes out what would lead to the live one", () => {
		const on = plainMachine();
		const host = { ...plainHost, movedBy: { PLAIN_DB: "its database" } };
		const told = environmentIn(agentOn(on, { host }), places, "/s");
		expect(told).toHaveProperty("PLAIN_DB", undefined);
	});

	it("is not told where a directory lies outside of all", () => {
		const on = machine();
		on.volume.mkdirSync("/elsewhere", { recursive: true });
		on.volume.mkdirSync(HOME, { recursive: true });
		const roots = { data: { variable: "PLAIN_DATA" } };
		const agent = agentOn(on, { host: { ...plainHost, roots } });
		const there = { home: HOME, roots: { data: "/elsewhere" } };
		expect(environmentIn(agent, there, "/s")).toBeUndefined();
	});
});
