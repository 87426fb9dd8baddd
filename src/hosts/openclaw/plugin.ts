/** OpenClaw's plugin: `/snapshot` and `/snap` in every channel of the gateway, without a model. */
import {
	createSnapshotCommand,
	hosts,
	type Reply,
	type SnapshotCommand,
} from "../../index.ts";

/** What is used of OpenClaw's plugin API (openclaw/plugin-sdk/plugin-entry): its package is not needed to build ours. */
export interface OpenClawApi {
	/** Where the plugin is installed; its code runs from a copy elsewhere. */
	readonly rootDir?: string;
	readonly runtime: { readonly version: string };
	registerCommand(command: {
		name: string;
		description: string;
		acceptsArgs: true;
		requireAuth: true;
		/** Of chat senders only the owner has them. */
		requiredScopes: readonly string[];
		handler(context: OpenClawContext): Promise<OpenClawReply>;
	}): void;
	on(
		event: "gateway_start" | "gateway_stop" | "before_compaction",
		listener: () => unknown,
	): void;
}

export interface OpenClawContext {
	readonly args?: string;
	/** Of a gateway client; undefined in a chat. */
	readonly gatewayClientScopes?: readonly string[];
	/** Throws when the sender is not the owner any more. */
	assertOwnerCurrent?(): void;
}

export interface OpenClawReply {
	readonly text: string;
	readonly isError?: boolean;
}

/** What changes the state of the agent, or takes away from what is kept of it. */
const DANGEROUS = ["restore", "undo", "prune", "recover"];

export default {
	id: "snapshot",
	name: "Snapshot",
	description:
		"Snapshots of the agent's state: /snapshot create, and later /snapshot restore 3",
	// Called in many modes, in command-line processes too: it must do nothing but register.
	register(api: OpenClawApi): void {
		const directory = api.rootDir;
		const snapshot = createSnapshotCommand(
			hosts.openclaw,
			directory === undefined ? {} : { packageDirectory: directory },
		);
		for (const name of [snapshot.name, ...snapshot.aliases])
			api.registerCommand({
				name,
				description: snapshot.description,
				acceptsArgs: true,
				requireAuth: true,
				requiredScopes: ["operator.write"],
				handler: (context) => answer(snapshot, context),
			});
		api.on("gateway_start", () => {
			void snapshot.automatic("start", api.runtime.version);
		});
		api.on("before_compaction", () => {
			void snapshot.automatic("compaction", api.runtime.version);
		});
		// The gateway waits a few seconds for this one: it is what comes right before an update.
		api.on("gateway_stop", () =>
			snapshot.automatic("stop", api.runtime.version),
		);
	},
};

async function answer(
	snapshot: SnapshotCommand,
	context: OpenClawContext,
): Promise<OpenClawReply> {
	const text = context.args ?? "";
	const refusal = DANGEROUS.includes(snapshot.verbOf(text) ?? "")
		? whyNotAllowed(context)
		: undefined;
	return refusal === undefined ? shown(await snapshot.run(text)) : refusal;
}

function whyNotAllowed({
	gatewayClientScopes,
	assertOwnerCurrent,
}: OpenClawContext): OpenClawReply | undefined {
	const text = "Only the owner may do that. Nothing was changed.";
	const isClient = gatewayClientScopes !== undefined;
	if (isClient && !gatewayClientScopes.includes("operator.admin"))
		return { text, isError: true };
	try {
		assertOwnerCurrent?.();
		return undefined;
	} catch {
		return { text, isError: true };
	}
}

function shown({ text, ok }: Reply): OpenClawReply {
	return ok ? { text } : { text, isError: true };
}
