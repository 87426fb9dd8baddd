/** OpenClaw's plugin: `/snapshot` and `/snap` in every channel of the gateway, without a model. */
import { createSnapshotCommand, hosts, type Moment } from "../../index.ts";
import { answer } from "./answer.ts";
import type { OpenClawApi } from "./api.ts";
import { commandFor } from "./command.ts";
import { registerTwin } from "./terminal.ts";

export default {
	id: "snapshot",
	name: "Snapshot",
	description:
		"Snapshots of the agent's state: /snapshot create, and later /snapshot restore 3",
	// Called in many modes, in command-line processes too: it must do nothing but register.
	register(api: OpenClawApi): void {
		const { name, aliases, description } = createSnapshotCommand(
			hosts.openclaw,
		);
		let isRestarting = false;
		for (const typed of [name, ...aliases])
			api.registerCommand({
				name: typed,
				description,
				acceptsArgs: true,
				requireAuth: true,
				requiredScopes: ["operator.write"],
				async handler(context) {
					const { shown, restarts } = await answer(commandFor(api), context);
					isRestarting ||= restarts;
					return shown;
				},
			});
		registerTwin(api, name, description);
		const start = (moment: Moment) =>
			commandFor(api).startAutomatic(moment, api.runtime.version);
		api.on("gateway_start", () => {
			isRestarting = false;
			start("start");
		});
		api.on("before_compaction", () => start("compaction"));
		// The gateway waits a few seconds for this one: it is what comes right before an update.
		api.on("gateway_stop", () =>
			// What was put back a moment ago is in a snapshot already.
			isRestarting
				? undefined
				: commandFor(api).automatic("stop", api.runtime.version),
		);
	},
};
