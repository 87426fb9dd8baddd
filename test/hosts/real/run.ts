/**
 * Types /snapshot into real agents, from the packed tarball, without a model: `npm run test:hosts [-- NAME …]`.
 * Installs what it needs, once, outside the repository. A line an agent; anything wrong ends it with 1.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { realHosts } from "./agents.ts";
import { installOurs } from "./installed.ts";
import type { Place, RealAgent, RealHost } from "./real-host.ts";
import { standInModel } from "./stand-in-model.ts";

const wanted = process.argv.slice(2);
const chosen = realHosts.filter(
	({ name }) => wanted.length === 0 || wanted.includes(name),
);
const known = realHosts.map(({ name }) => name).join(", ");
if (chosen.length === 0) throw new Error(`There are: ${known}.`);

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-hosts-"));
const faults: string[] = [];
try {
	const { lies: ours, tarball } = installOurs(scratch);
	for (const host of chosen)
		faults.push(...(await tryHost(host, { ours, tarball })));
} finally {
	fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
for (const fault of faults) console.error(fault);
console.log(
	`hosts: ${chosen.length - faults.length} passed, ${faults.length} failed`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** At most one fault. */
async function tryHost(
	host: RealHost,
	installed: Pick<Place, "ours" | "tarball">,
): Promise<string[]> {
	const model = await standInModel();
	const home = path.join(scratch, host.name);
	const [name, content] = host.state;
	const file = path.join(home, name);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, content);
	const place = { home, ...installed, modelPort: model.port };
	const agent = await host.start(place);
	try {
		const running = await faultsOf(async () => {
			const times = await talk(host, agent, file);
			await agent.also?.();
			if (model.requests.length > 0)
				throw new Error(`${host.name} asked the model: ${model.requests}`);
			console.log(
				`${host.name} ${host.version}: create, list, restore, undo and an error answered in ${times.join(", ")} ms; model calls: ${model.requests.length}`,
			);
		});
		await agent.stop();
		if (running.length > 0) return running;
		return await faultsOf(async () => agent.stopped?.());
	} finally {
		await model.stop();
	}
}

/** Resolves with the milliseconds from typing to each answer. */
async function talk(
	{ name: agentName, state: [name, content] }: RealHost,
	{ type, data }: RealAgent,
	file: string,
): Promise<number[]> {
	const times: number[] = [];
	const say = async (line: string, expected: string | RegExp) => {
		const began = performance.now();
		const shown = await type(line);
		times.push(Math.round(performance.now() - began));
		if (!shown.match(expected))
			throw new Error(`${agentName}: ${line} was answered with ${shown}`);
	};
	/** In the file, and in what the agent keeps itself. */
	const expectNow = async (text: string, kept: string | undefined) => {
		if (fs.readFileSync(file, "utf8") !== text)
			throw new Error(`${agentName}: ${name} is not "${text}"`);
		const found = await data?.read();
		if (found !== kept)
			throw new Error(`${agentName} has ${found}, and not ${kept}`);
	};
	const before = await data?.read();
	await say("/snapshot create by hand", /Snapshot 1 created/);
	fs.writeFileSync(file, "ruined");
	await data?.change();
	const after = await data?.read();
	if (data !== undefined && after === before)
		throw new Error(`${agentName}: its data cannot be seen to change`);
	await say("/snap list", /by hand/);
	await say("/snapshot restore 1", /Restored snapshot 1/);
	await expectNow(content, before);
	await say("/snap undo", /Took back the restore/);
	await expectNow("ruined", after);
	await say("/snapshot restore 99", /There is no snapshot 99/);
	return times;
}

async function faultsOf(work: () => Promise<void>): Promise<string[]> {
	try {
		await work();
		return [];
	} catch (error) {
		return [error instanceof Error ? error.message : String(error)];
	}
}
