import type { Agent } from "../../core/home/agent.ts";
import type { KnownAgent } from "../../core/home/known-agent.ts";
import { environmentFor, placesOf } from "../../core/home/layout.ts";
import { isUsualHome } from "../../core/home/leading-outside.ts";
import { isWithin } from "../../core/home/paths.ts";
import { restoreSnapshot } from "../../core/restore/restore.ts";
import { quoted } from "../../core/words.ts";
import { afterDoing, SnapshotError } from "../../errors.ts";
import { findRemote } from "../../remote/find-remote.ts";
import { type Pulled, pullSnapshot } from "../../remote/pull.ts";
import { chooseRemote, type Remote } from "../../remote/remotes.ts";
import { listRemote, type RemoteSnapshot } from "../../remote/repository.ts";
import { openRestic } from "../../remote/restic.ts";
import { shown } from "../../remote/shown.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, textFlag, waitOf } from "../call/handler.ts";
import { typedFor } from "../call/other-home.ts";
import { type Answer, snapshotData } from "../call/reply.ts";
import { outcomeText } from "../restore/restore-text.ts";
import { restoreData } from "../restore.ts";
import { bytesText, finishedText, printable, whenText } from "../text/text.ts";
import { absolutePath, agentWithHome, outOfStores } from "./remote-home.ts";
import { remoteData } from "./remote-list.ts";

export async function answerPull(invocation: Invocation): Promise<Answer> {
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { pulled, wanted } = await pullInto(invocation, agent, agent);
	const { snapshot } = pulled;
	return {
		text: [
			pulledText(pulled, invocation),
			`Put it back with: ${invocation.prefix} restore ${printable(snapshot.id)}`,
		].join("\n"),
		data: {
			snapshot: snapshotData(snapshot),
			new: pulled.isNew,
			from: remoteData(wanted, null),
		},
	};
}

/** On a blank machine, too: all that is needed is in the repository. */
export async function answerRestored(invocation: Invocation): Promise<Answer> {
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const into = textFlag(invocation, "into");
	const known =
		into === undefined ? invocation.meant : homeAt(invocation, into);
	const there =
		into === undefined ? undefined : agentWithHome(invocation, known);
	const home = there?.agent ?? agent;
	// What is to be typed from now on concerns that one.
	const called = typedFor(home.host.name, home.home);
	const told =
		there === undefined
			? invocation
			: { ...invocation, prefix: called, terminal: called };
	try {
		const { pulled, wanted } = await pullInto(invocation, agent, home);
		const text = pulledText(pulled, invocation);
		const outcome = await afterDoing(text, () =>
			restoreSnapshot(home, {
				target: { ref: pulled.snapshot.id },
				dryRun: false,
				include: [],
				select: [],
				undo: true,
				onlyHome: !isUsualHome(invocation.system, known),
			}),
		);
		return {
			text: [
				text,
				...finishedText(outcome.recovered),
				...outcomeText(outcome, home, told),
			].join("\n"),
			data: {
				...restoreData(outcome, false),
				new: pulled.isNew,
				from: remoteData(wanted, null),
				home: home.home,
			},
		};
	} catch (error) {
		there?.unmake();
		throw error;
	}
}

/** @param agent by whose settings the repository is known; it comes into the store of the other one */
async function pullInto(
	invocation: Invocation,
	agent: Agent,
	into: Agent,
): Promise<{ pulled: Pulled; wanted: RemoteSnapshot }> {
	const [ref = ""] = invocation.positionals;
	const remote = chooseRemote(agent, textFlag(invocation, "name"));
	const restic = await openRestic(agent, remote);
	let all = await listRemote(agent, restic);
	const find = () =>
		findRemote(all, ref, invocation.flags["all-hosts"] === true);
	for (let wanted = find(); ; ) {
		try {
			return { pulled: await pullSnapshot(into, restic, wanted), wanted };
		} catch (error) {
			all = all.map((one) =>
				one === wanted ? { ...one, isWhole: false } : one,
			);
			const next = find();
			// It was pushed again because this one was not whole; another moment is for the person to choose.
			const isSame = next.id === wanted.id && next.isWhole !== false;
			const isDamaged =
				error instanceof SnapshotError && error.code === "damaged";
			if (!isDamaged) throw error;
			if (!isSame) throw damagedThere(error, wanted, remote);
			wanted = next;
		}
	}
}

/** What is here may be nothing: the way on is what else is there. */
function damagedThere(
	{ message, cause }: SnapshotError,
	{ resticId }: RemoteSnapshot,
	{ repository, passwordFile }: Remote,
): SnapshotError {
	const there = `-r ${quoted(shown(repository))} -p ${quoted(passwordFile)}`;
	return new SnapshotError("damaged", message, {
		hint: `Take another one of \`remote list --all-hosts\`, or of another repository. What can still be read of this one: restic ${there} restore ${resticId.slice(0, 8)} --target DIR`,
		cause,
	});
}

function pulledText(
	{ snapshot, isNew }: Pulled,
	{ system }: Invocation,
): string {
	const { id, bytes, createdAt } = snapshot;
	const when = whenText(createdAt, system.clock.now());
	return isNew
		? `Pulled ${printable(id)}, of ${when}: ${bytesText(bytes)}, every file compared with its hash.`
		: `${printable(id)}, of ${when}, is in the store already, and sound.`;
}

/** @throws SnapshotError `usage`: what the agent keeps elsewhere would be put over what is there */
function homeAt(invocation: Invocation, into: string): KnownAgent {
	const { meant, system, verb } = invocation;
	const { host } = meant;
	const home = absolutePath(system.disk, outOfStores(invocation, into));
	const places = placesOf(host, {}, system.programs.userHome, home);
	const outside = Object.values(places.roots).find(
		(root) => !isWithin(root, home),
	);
	if (outside !== undefined)
		throw usageError(
			verb,
			`${host.title} keeps some of its state in ${printable(outside)}, which --into does not move. Set its variables instead.`,
		);
	return { host, places, environment: environmentFor(host, home) };
}
