/** OpenClaw's plugin: `/snapshot` and `/snap` in every channel of the gateway, without a model. */
import {
	createSnapshotCommand,
	hosts,
	type Moment,
	type Reply,
	type SnapshotCommand,
} from "../../index.ts";
import type { OpenClawApi, OpenClawContext, OpenClawReply } from "./api.ts";

/** All else changes something (a create prunes, too) or tells of other agents. */
const HARMLESS = ["list", "status", "help"];

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
		const automatic = (moment: Moment) =>
			commandFor(api).automatic(moment, api.runtime.version);
		api.on("gateway_start", () => {
			isRestarting = false;
			void automatic("start");
		});
		api.on("before_compaction", () => void automatic("compaction"));
		// The gateway waits a few seconds for this one: it is what comes right before an update.
		api.on("gateway_stop", () =>
			// What was put back a moment ago is in a snapshot already.
			isRestarting ? undefined : automatic("stop"),
		);
	},
};

/** `openclaw snapshot …`, for when the gateway is stopped: all that `agent-snapshot` can, for this home. */
function registerTwin(
	api: OpenClawApi,
	name: string,
	description: string,
): void {
	const run = async (words: readonly string[]) => {
		const { exitCode, problem } = await commandFor(api).runInTerminal(
			words,
			`openclaw ${name}`,
		);
		if (problem !== "") console.error(problem);
		process.exitCode = exitCode;
	};
	api.registerCli(
		({ program }) => {
			program
				.command(name)
				.description(description)
				.argument("[words...]")
				.helpOption(false)
				.allowUnknownOption()
				.action(run);
		},
		{ descriptors: [{ name, description, hasSubcommands: false }] },
	);
}

/** OpenClaw says where its state is: variables and profiles, with "~" in them, are its own affair. */
function commandFor({ rootDir, runtime }: OpenClawApi): SnapshotCommand {
	return createSnapshotCommand(hosts.openclaw, {
		home: runtime.state.resolveStateDir(),
		...(rootDir === undefined ? {} : { packageDirectory: rootDir }),
	});
}

interface Answer {
	readonly shown: OpenClawReply;
	/** The gateway is about to restart itself. */
	readonly restarts: boolean;
}

async function answer(
	snapshot: SnapshotCommand,
	context: OpenClawContext,
): Promise<Answer> {
	const text = context.args ?? "";
	// What is no verb is answered with the list, the help or an error.
	const isHarmless = HARMLESS.includes(snapshot.verbOf(text) ?? "help");
	if (!isHarmless && !isOwner(context))
		return { shown: NOT_OWNER, restarts: false };
	const reply = await snapshot.run(text);
	const restarts = hasChangedState(reply) && restartGateway(context);
	return { shown: shown(reply, restarts), restarts };
}

const NOT_OWNER: OpenClawReply = {
	text: "Only the owner may do that. Nothing was changed.",
	isError: true,
};

/** A client of the gateway has to be one that may do all. */
function isOwner({
	gatewayClientScopes,
	assertOwnerCurrent,
}: OpenClawContext): boolean {
	if (gatewayClientScopes !== undefined)
		return gatewayClientScopes.includes("operator.admin");
	try {
		assertOwnerCurrent?.();
		return assertOwnerCurrent !== undefined;
	} catch {
		// Whatever it says: the sender is not the owner any more.
		return false;
	}
}

/** By what a restore, an undo or a recovery says that it has done. */
function hasChangedState({ ok, data }: Reply): boolean {
	const { restored, recovered } = data;
	return ok && (restored === true || typeof recovered === "string");
}

/**
 * Has the gateway restart within its process, which is how it forgets what it has read before: cron jobs, sessions,
 * caches. SIGUSR2 is OpenClaw's own signal for that; it waits until all that is being answered has been answered.
 * Emitted and not sent: where nobody listens a signal would end the process. False: it will not restart.
 */
function restartGateway({ config }: OpenClawContext): boolean {
	if (config?.commands?.restart === false) return false;
	return process.emit("SIGUSR2", "SIGUSR2");
}

function shown({ text, ok }: Reply, restarts: boolean): OpenClawReply {
	const told = restarts
		? text.replace(hosts.openclaw.afterRestore, RESTARTS)
		: text;
	return ok ? { text: told } : { text: told, isError: true };
}

const RESTARTS =
	"The gateway now restarts by itself to load it, and is back in a few seconds.";
