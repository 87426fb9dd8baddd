import fs from "node:fs";
import path from "node:path";
import { startHermes } from "../hermes-agent.ts";
import { installPlugin } from "./our-installer.ts";
import { put } from "./programs.ts";
import type { RealHost } from "./real-host.ts";

/** Hermes is not to be had by npm: it is our plugin alone, from the tarball, in python3. What is typed comes by a gateway. */
export const hermes: RealHost = {
	name: "hermes",
	version: "(its plugin alone, without Hermes)",
	state: [".hermes/SOUL.md", "be kind"],
	async start(place) {
		const program = "programs/node_modules/.bin/hermes";
		put(place.home, program, "#!/bin/sh\nexit 0\n");
		fs.chmodSync(path.join(place.home, program), 0o755);
		await installPlugin("hermes", place, path.join(place.home, "programs"));
		const home = path.join(place.home, ".hermes");
		const { say, stop } = startHermes(home, hermes.version);
		await say({ hook: "on_session_start", with: {} });
		return {
			type: async (line) => String((await say({ gateway: line }))[0]),
			async stop() {
				await stop();
			},
		};
	},
};
