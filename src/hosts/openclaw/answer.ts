import { hosts, type Reply, type SnapshotCommand } from "../../index.ts";
import { hasChangedState } from "../changed-state.ts";
import { asMarkdown } from "../markdown.ts";
import type { OpenClawContext, OpenClawReply } from "./api.ts";
import { isOwner } from "./owner.ts";

/** All else changes something (a create prunes, too) or tells of other agents. */
const HARMLESS = ["list", "status", "help"];

const NOT_OWNER: OpenClawReply = {
	text: "Only the owner may do that. Nothing was changed.",
	isError: true,
};

export interface Answer {
	readonly shown: OpenClawReply;
	/** The gateway is about to restart itself. */
	readonly restarts: boolean;
}

/** Runs what was typed, if its sender may, and has the gateway load what was put back. */
export async function answer(
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
	// OpenClaw takes what it sends for Markdown, and gives it each channel's form (docs.openclaw.ai, "Markdown formatting").
	const marked = asMarkdown(told);
	return ok ? { text: marked } : { text: marked, isError: true };
}

const RESTARTS =
	"The gateway now restarts by itself to load it, and is back in a few seconds.";
