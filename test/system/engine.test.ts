import fs from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { runEngine, startEngine } from "../../src/system/engine.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 60_000;
const AN_HOUR = 3_600_000;

/** An engine that works until `go` is there, prints its reply, and only then leaves `done`. */
function engineThatWaits() {
	const dir = scratch();
	const engine = path.join(dir, "cli.mjs");
	fs.writeFileSync(
		engine,
		`import fs from "node:fs";
const look = setInterval(() => {
	if (!fs.existsSync(${JSON.stringify(path.join(dir, "go"))})) return;
	clearInterval(look);
	console.error("a warning");
	console.log("the reply");
	fs.writeFileSync(${JSON.stringify(path.join(dir, "done"))}, process.argv[2]);
}, 5);`,
	);
	return {
		engine,
		letGo: () => fs.writeFileSync(path.join(dir, "go"), ""),
		isDone: () => fs.existsSync(path.join(dir, "done")),
	};
}

/** As if that ran us. */
function runningOn(program: string): void {
	const { execPath } = process;
	process.execPath = program;
	onTestFinished(() => {
		process.execPath = execPath;
	});
}

/** A way to the real Node, which can be taken away. */
function nodeIn(directory: string): string {
	fs.mkdirSync(directory, { recursive: true });
	const node = path.join(directory, "node");
	fs.symlinkSync(process.execPath, node);
	return node;
}

it("an engine that takes too long is left alone, and brings its work to an end", {
	timeout,
}, async () => {
	const { engine, letGo, isDone } = engineThatWaits();
	const result = await runEngine(engine, ["x"], process.env, 1);
	expect(result).toMatchObject({ output: "", isStillAtWork: true });
	letGo();
	await vi.waitFor(() => expect(isDone()).toBe(true), { timeout });
});

it("one that is in time is heard to its end", { timeout }, async () => {
	const { engine, letGo, isDone } = engineThatWaits();
	letGo();
	const result = await runEngine(engine, ["x"], process.env, AN_HOUR);
	expect(result).toEqual({ output: "the reply\n", problem: "" });
	expect(isDone()).toBe(true);
});

it("a line that somebody listens for is heard at once, and is no complaint", {
	timeout,
}, async () => {
	const { engine, letGo } = engineThatWaits();
	const heard: string[] = [];
	fs.writeFileSync(
		engine,
		`process.stderr.write("EVENT 1\\nEVE");\n${fs.readFileSync(engine, "utf8")}`.replace(
			'console.log("the reply");',
			'process.stderr.write("NT 2\\nno end");',
		),
	);
	const result = await runEngine(
		engine,
		["x"],
		process.env,
		AN_HOUR,
		(line) => {
			letGo();
			if (line.startsWith("EVENT")) heard.push(line);
			return line.startsWith("EVENT");
		},
	);
	expect(heard[0]).toBe("EVENT 1\n");
	expect(result).toEqual({ output: "", problem: "EVEa warning\nNT 2\nno end" });
});

it.each([
	["console.error('why'); process.exit(3)", "why"],
	["process.exit(3)", "the engine said nothing and ended with 3"],
	["process.kill(process.pid, 'SIGKILL')", "ended with SIGKILL"],
])(
	"of one that says nothing it is told why: %s",
	{
		timeout,
	},
	async (code, why) => {
		const engine = path.join(scratch(), "cli.mjs");
		fs.writeFileSync(engine, code);
		const { output, problem } = await runEngine(engine, [], {}, AN_HOUR);
		expect(output).toBe("");
		expect(problem).toContain(why);
	},
);

it("when the Node that was used is gone, another one is looked for", {
	timeout,
}, async () => {
	const dir = scratch();
	const ours = nodeIn(`${dir}/old`);
	nodeIn(`${dir}/new`);
	const PATH = `${dir}/new`;
	const { engine, letGo } = engineThatWaits();
	letGo();
	const run = () => runEngine(engine, ["x"], { PATH }, AN_HOUR);
	runningOn(ours);
	expect(await run()).toMatchObject({ problem: "" });
	fs.rmSync(ours);
	expect(await run()).toMatchObject({ problem: "" });
});

it("one that nobody waits for is started where the host is no Node, too", {
	timeout,
}, async () => {
	const dir = scratch();
	nodeIn(`${dir}/bin`);
	const { engine, letGo, isDone } = engineThatWaits();
	runningOn("/opt/agent/agent");
	startEngine(engine, ["x"], { PATH: `${dir}/bin` });
	letGo();
	await vi.waitFor(() => expect(isDone()).toBe(true), { timeout });
});

it("what was typed is not for Node, whatever it looks like", {
	timeout,
}, async () => {
	const dir = scratch();
	const engine = path.join(dir, "cli.mjs");
	fs.writeFileSync(engine, "console.log(process.argv.slice(2).join());");
	const typed = ["create", "--env-file", path.join(dir, "none"), "--inspect"];
	const { output } = await runEngine(engine, typed, process.env, AN_HOUR);
	expect(output.trim()).toBe(typed.join());
});
