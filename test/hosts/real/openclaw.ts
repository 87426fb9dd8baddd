import { spawn } from "node:child_process";
import fs from "node:fs";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "./gateway-client.ts";
import {
	addJob,
	archiveWithoutStore,
	jobs,
	offline,
	onlyOwner,
	removeJob,
} from "./openclaw-checks.ts";
import {
	configOf,
	INCLUDED,
	TOKEN,
	terminalOf,
	VERSION,
} from "./openclaw-terminal.ts";
import { ended, put } from "./programs.ts";
import type { RealHost } from "./real-host.ts";

const ADMIN = ["operator.admin", "operator.read", "operator.write"];

export const openclaw: RealHost = {
	name: "openclaw",
	version: VERSION,
	state: [".openclaw/workspace/SOUL.md", "be kind"],
	async start(place) {
		const terminal = terminalOf(place);
		const port = await freePort();
		put(place.home, ".openclaw/openclaw.json", configOf(port, place.modelPort));
		const agents = "{ defaults: { model: { primary: 'none/none' } } }";
		put(place.home, `.openclaw/${INCLUDED}`, agents);
		await terminal.openclaw(
			["plugins", "install", `npm-pack:${place.tarball}`],
			["--force", "--accept-capabilities"],
		);
		const log = path.join(place.home, "gateway.log");
		const file = fs.openSync(log, "w");
		const gateway = spawn(process.execPath, [terminal.program, "gateway"], {
			...terminal.options,
			stdio: ["ignore", file, file],
		});
		fs.closeSync(file);
		const arrive = (scopes: readonly string[]) =>
			answering(
				() => connect(port, TOKEN, scopes),
				() => {
					if (gateway.exitCode !== null)
						throw new Error(`the gateway ended: ${lastOf(log)}`);
				},
			);
		const first = async () => {
			const arrived = await arrive(ADMIN);
			await addJob(arrived);
			return arrived;
		};
		// Not awaited: whoever starts this has to be able to stop it, whatever happens.
		let client = first();
		client.catch(() => {});
		return {
			async type(line) {
				const typing = await client;
				const shown = await typing.say(line);
				// Nobody can type before it is back. That it is the same process shows that the restart was a clean one.
				if (shown.includes("restarts by itself")) {
					const gone = within(typing.closed, "the gateway did not restart");
					client = gone.then(() => arrive(ADMIN));
					client.catch(() => {});
				}
				return shown;
			},
			data: {
				change: async () => removeJob(await client),
				read: async () => jobs(await client, place.home),
			},
			also: async () => {
				await client;
				await onlyOwner(await arrive(["operator.read", "operator.write"]));
				await archiveWithoutStore(place.home, terminal);
			},
			stop: () => ended(gateway, () => gateway.kill()),
			stopped: () => offline(place, terminal),
		};
	},
};

/** A gateway takes a number and no "any", and says nothing that a program could read. */
function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = net.createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}

const LONGEST = 180_000;

/** Asks until it answers: a gateway that starts lets nobody in. */
async function answering<T>(
	ask: () => Promise<T>,
	refuseEnded: () => void,
): Promise<T> {
	const giveUp = performance.now() + LONGEST;
	for (;;)
		try {
			return await ask();
		} catch (error) {
			refuseEnded();
			if (performance.now() > giveUp) throw error;
			await pause(250);
		}
}

function lastOf(log: string): string {
	return fs.readFileSync(log, "utf8").trim().split("\n").slice(-3).join("\n");
}

function within(done: Promise<void>, otherwise: string): Promise<void> {
	const late = pause(LONGEST, undefined, { ref: false }).then(() => {
		throw new Error(otherwise);
	});
	return Promise.race([done, late]);
}
