/**
 * Types /snapshot into real agents, from the packed tarball, without a model: `npm run test:hosts [-- NAME …]`.
 * Installs what it needs, once, outside the repository. A line an agent; anything wrong ends it with 1.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { realHosts } from "./agents.ts";
import { installOurs } from "./installed.ts";
import type { RealHost } from "./real-host.ts";
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
	const { lies } = installOurs(scratch);
	for (const host of chosen) faults.push(...(await tryHost(host, lies)));
} finally {
	fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
for (const fault of faults) console.error(fault);
console.log(
	`hosts: ${chosen.length - faults.length} passed, ${faults.length} failed`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** At most one fault. */
async function tryHost(host: RealHost, ours: string): Promise<string[]> {
	const model = await standInModel();
	const home = path.join(scratch, host.name);
	const [name, content] = host.state;
	const file = path.join(home, name);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, content);
	const agent = await host.start({ home, ours, modelPort: model.port });
	const times: number[] = [];
	const say = async (line: string, expected: string | RegExp) => {
		const began = performance.now();
		const shown = await agent.type(line);
		times.push(Math.round(performance.now() - began));
		if (!shown.match(expected))
			throw new Error(`${host.name}: ${line} was answered with ${shown}`);
	};
	try {
		await say("/snapshot create by hand", /Snapshot 1 created/);
		fs.writeFileSync(file, "ruined");
		await say("/snap list", /by hand/);
		await say("/snapshot restore 1", /Restored snapshot 1/);
		if (fs.readFileSync(file, "utf8") !== content)
			throw new Error(`${host.name}: ${name} did not come back`);
		await say("/snap undo", /Took back the restore/);
		if (fs.readFileSync(file, "utf8") !== "ruined")
			throw new Error(`${host.name}: ${name} was not taken back`);
		await say("/snapshot restore 99", /There is no snapshot 99/);
		if (model.requests.length > 0)
			throw new Error(`${host.name} asked the model: ${model.requests}`);
		console.log(
			`${host.name} ${host.version}: create, list, restore, undo and an error answered in ${times.join(", ")} ms; model calls: ${model.requests.length}`,
		);
		return [];
	} catch (error) {
		return [error instanceof Error ? error.message : String(error)];
	} finally {
		await agent.stop();
		await model.stop();
	}
}
