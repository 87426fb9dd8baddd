import {
	type Imported,
	importArchive,
	type OfAnother,
} from "../archive/import-archive.ts";
import type { Agent } from "../core/home/agent.ts";
import type { Host } from "../core/home/host.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { withNewHome } from "../core/home/new-home.ts";
import { SnapshotError } from "../errors.ts";
import { keysFor } from "./archives/archive-keys.ts";
import { importedText } from "./archives/import-text.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	isChat,
	textFlag,
	waitOf,
} from "./call/handler.ts";
import { typedFor } from "./call/other-home.ts";
import { type Answer, EXIT } from "./call/reply.ts";
import { outOfStores } from "./remote/remote-home.ts";
import { restoreData } from "./restore.ts";
import { printable } from "./text/text.ts";

export const importCommand: Handler = async (invocation) => {
	const { positionals, prefix, verb, meant } = invocation;
	const [file = ""] = positionals;
	const into = textFlag(invocation, "into");
	for (const path of [file, into ?? "/"])
		if (isChat(prefix) && !path.startsWith("/"))
			throw usageError(verb, "In a chat a path has to begin with /.");
	const at = (host: Host) =>
		into === undefined
			? knownOf(invocation, host)
			: invocation.knownAt(host, outOfStores(invocation, into));
	const [imported, agent] = await importInto(invocation, at, meant.host, file);
	return answerOf(imported, agent, invocation, file);
};

function knownOf({ known, meant }: Invocation, host: Host): KnownAgent {
	if (meant.host.name === host.name) return meant;
	return known.find((one) => one.host.name === host.name) ?? meant;
}

/** Whose it is is known only when it is open, and it is opened where it belongs. */
async function importInto(
	invocation: Invocation,
	at: (host: Host) => KnownAgent,
	first: Host,
	file: string,
): Promise<[Imported, Agent]> {
	const found = await tryInto(invocation, at(first), file);
	if (!("other" in found)) return found.done;
	const { other } = found;
	if (isChat(invocation.prefix) || invocation.isNamed)
		throw new SnapshotError(
			"failed",
			`${printable(file)} is an archive of ${other.title}, and this is ${first.title}. Nothing was changed.`,
			{
				hint: `In a terminal: agent-snapshot --host ${other.name} import FILE`,
			},
		);
	const second = await tryInto(invocation, at(other), file);
	if (!("other" in second)) return second.done;
	throw new SnapshotError(
		"failed",
		`${printable(file)} is an archive of ${second.other.title}. Nothing was changed.`,
		{ hint: "Name the agent with --host." },
	);
}

type Tried = OfAnother | { readonly done: [Imported, Agent] };

async function tryInto(
	invocation: Invocation,
	known: KnownAgent,
	file: string,
): Promise<Tried> {
	const { flags, system, known: all } = invocation;
	const hosts = all.map(({ host }) => host);
	const keys = await keysFor(invocation, file);
	return withNewHome<Tried>(system, known, async () => {
		const agent = invocation.agentOf(known, { wait: waitOf(invocation) });
		const request = {
			file,
			keys,
			hosts,
			known,
			dryRun: flags["dry-run"] === true,
			force: flags.force === true,
		};
		const found = await importArchive(agent, request);
		if ("other" in found) return { result: found, isKept: false };
		const isKept = !request.dryRun && !found.isHeldBack;
		return { result: { done: [found, agent] }, isKept };
	});
}

/** What is typed before a verb for the agent and the home that it came to, which need not be those that are meant otherwise. */
function prefixFor(invocation: Invocation, { host, store }: Agent): string {
	const { prefix, meant } = invocation;
	const isElsewhere = textFlag(invocation, "into") !== undefined;
	if (host.name === meant.host.name && !isElsewhere) return prefix;
	return typedFor(host.name, isElsewhere ? store.home : undefined);
}

/** Something was missed already when it was made. */
function exitOf(
	{ isHeldBack, manifest }: Imported,
	dryRun: boolean,
): Pick<Answer, "exitCode"> {
	if (isHeldBack) return { exitCode: EXIT.failed };
	const lacks = manifest.missed.some(({ lost }) => lost);
	return lacks && !dryRun ? { exitCode: EXIT.incomplete } : {};
}

function answerOf(
	imported: Imported,
	agent: Agent,
	invocation: Invocation,
	file: string,
): Answer {
	const { outcome, isHeldBack, contents, inHome } = imported;
	const dryRun = invocation.flags["dry-run"] === true || isHeldBack;
	const how = { prefix: prefixFor(invocation, agent), file, dryRun };
	return {
		text: importedText(imported, agent, how).join("\n"),
		...exitOf(imported, dryRun),
		data: {
			...restoreData(outcome, dryRun),
			host: agent.host.name,
			home: agent.store.home,
			left: [...contents.left],
			links: contents.linksOut.map(({ path }) => path),
			inHome: [...inHome],
		},
	};
}
