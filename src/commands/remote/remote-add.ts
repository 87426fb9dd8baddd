import type { Agent } from "../../core/home/agent.ts";
import { realPath } from "../../core/home/layout.ts";
import { isWithin } from "../../core/home/paths.ts";
import { addRemote } from "../../remote/add.ts";
import { forgetNotes } from "../../remote/notes.ts";
import {
	chooseRemote,
	type Remote,
	USUAL_NAME,
	writeRemote,
} from "../../remote/remotes.ts";
import { holdsSecret, shown } from "../../remote/shown.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, textFlag } from "../call/handler.ts";
import type { Answer } from "../call/reply.ts";
import { printable } from "../text/text.ts";
import { absolutePath, agentWithHome } from "./remote-home.ts";
import { deletionText } from "./remote-text.ts";

export async function answerAdd(invocation: Invocation): Promise<Answer> {
	const remote = remoteIn(invocation);
	const { agent, isMade, unmake } = agentWithHome(invocation, invocation.meant);
	const why = whyNoPlace(agent, remote.repository);
	if (why !== undefined) {
		unmake();
		throw usageError(
			invocation.verb,
			`${printable(remote.repository)} ${why}.`,
		);
	}
	const { isNew, canDelete } = await addRemote(agent, remote).catch((error) => {
		unmake();
		throw error;
	});
	const { host, home } = agent;
	return {
		text: [
			`Snapshots can be pushed to ${shown(remote.repository)}, as ${JSON.stringify(remote.name)}.`,
			...(isNew
				? [
						"There was no repository: it was made. Keep a copy of its password where this machine's loss does not reach: without it nobody can read what is there.",
					]
				: []),
			deletionText(canDelete),
			...(isMade
				? [`There was no ${host.title} home: ${printable(home)} was made.`]
				: []),
			isMade
				? `Bring a snapshot back with: ${invocation.prefix} remote restore <number|id>`
				: `Push the newest snapshot with: ${invocation.prefix} remote push`,
		].join("\n"),
		data: {
			name: remote.name,
			repository: shown(remote.repository),
			isNew,
			canDelete,
		},
	};
}

/** Names that a settings file may hold and no reader takes from it. */
const UNKEPT = ["constructor", "prototype"];

const WITHOUT_SECRET =
	"Leave it out, and write RESTIC_REST_USERNAME=… and RESTIC_REST_PASSWORD=… into a file of mode 0600 for --environment-file; what rclone needs belongs into its own configuration.";

/** @throws SnapshotError `usage` */
function remoteIn(invocation: Invocation): Remote {
	const { verb, positionals, system } = invocation;
	const [repository = ""] = positionals;
	const passwordFile = textFlag(invocation, "password-file");
	const environmentFile = textFlag(invocation, "environment-file");
	const name = textFlag(invocation, "name") ?? USUAL_NAME;
	if (passwordFile === undefined)
		throw usageError(
			verb,
			"remote add needs --password-file FILE: a password on a command line is seen by all.",
		);
	if (!/^[A-Za-z0-9][\w-]{0,39}$/.test(name))
		throw usageError(
			verb,
			`--name needs letters, digits, "-" and "_", and ${JSON.stringify(name)} has others.`,
		);
	if (UNKEPT.includes(name))
		throw usageError(verb, `--name cannot be ${name}: take another.`);
	const absolute = (path: string) => absolutePath(system.disk, path);
	if (holdsSecret(repository))
		throw usageError(
			verb,
			`${shown(repository)} holds a password, which all users of this machine see on a command line, and shells remember. ${WITHOUT_SECRET}`,
		);
	return {
		name,
		repository: addressOf(invocation, repository),
		passwordFile: absolute(passwordFile),
		...(environmentFile !== undefined && {
			environmentFile: absolute(environmentFile),
		}),
	};
}

/** @throws SnapshotError `usage` for what only the place where we are would make a directory of */
function addressOf({ verb, system }: Invocation, repository: string): string {
	const [, path] = /^local:(.*)$/s.exec(repository) ?? [];
	const isLocal = path !== undefined || !/^[a-z0-9]{2,}:/i.test(repository);
	if (!isLocal) return repository;
	const directory = path ?? repository;
	// A variable that is not set, or a "~" in quotes.
	if (directory.trim() === "" || directory.startsWith("~"))
		throw usageError(
			verb,
			`${JSON.stringify(repository)} is no address of a repository. A directory is named by its whole path.`,
		);
	return absolutePath(system.disk, directory);
}

/** In the agent's home it would be lost with that; among other things nobody would find its parts again. */
function whyNoPlace(agent: Agent, repository: string): string | undefined {
	const { disk } = agent.system;
	const place = realPath(disk, repository);
	if (isWithin(place, agent.home))
		return "lies in the home, and would be lost with it";
	const kind = disk.stat(place)?.kind;
	if (kind !== undefined && kind !== "directory") return "is no directory";
	if (kind === undefined) return undefined;
	const names = disk.names(place).filter((name) => name !== "lost+found");
	const isRepository = names.some((name) => ["config", "keys"].includes(name));
	return names.length > 0 && !isRepository
		? "holds other things, and is no repository: name a new directory"
		: undefined;
}

/** Takes it out of the settings; the repository stays as it is. */
export function answerRemove(invocation: Invocation): Answer {
	const agent = invocation.agent();
	const { name, repository } = chooseRemote(
		agent,
		textFlag(invocation, "name"),
	);
	writeRemote(agent, name, undefined);
	forgetNotes(agent, name);
	return {
		text: `Nothing is pushed to ${JSON.stringify(name)} any more. What is there stays: ${shown(repository)}`,
		data: { name, repository: shown(repository) },
	};
}
