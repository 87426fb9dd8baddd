import { applyEdits, modify } from "jsonc-parser";
import { readText, writeDurably } from "../core/files/durable.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { parseSettings, type RemoteSettings } from "../core/home/settings.ts";
import { giveToOwner, prepareStore } from "../core/store/store.ts";
import { SnapshotError } from "../errors.ts";

/** A repository elsewhere, as a person set it up. */
export interface Remote extends RemoteSettings {
	readonly name: string;
}

/** Of one that nobody gave a name. */
export const USUAL_NAME = "offsite";

export function remotesOf(agent: Agent): Remote[] {
	const { remotes = {} } = loadSettings(agent);
	return Object.entries(remotes).map(([name, one]) => ({ name, ...one }));
}

/** The one of that name; without a name the only one. @throws SnapshotError `not-found`, `ambiguous`, `bad-config` */
export function chooseRemote(agent: Agent, name: string | undefined): Remote {
	const remotes = remotesOf(agent);
	const [only] = remotes;
	const found =
		name === undefined
			? remotes.length === 1
				? only
				: undefined
			: remotes.find((one) => one.name === name);
	if (found !== undefined) return found;
	const names = remotes.map((one) => one.name).join(", ");
	if (only === undefined)
		throw new SnapshotError(
			"not-found",
			"No repository elsewhere is set up. Nothing was changed.",
			{ hint: "Set one up: `remote add URL --password-file FILE`." },
		);
	if (name === undefined)
		throw new SnapshotError(
			"ambiguous",
			"More than one repository is set up. Nothing was changed.",
			{ hint: `Name one with --name: ${names}.` },
		);
	throw new SnapshotError(
		"not-found",
		`There is no repository ${JSON.stringify(name)}. Nothing was changed.`,
		{ hint: `There is: ${names}.` },
	);
}

/** Into `config.json`, of which all else stays, comments too. Undefined: it is taken out. @throws SnapshotError `bad-config` */
export function writeRemote(
	agent: Agent,
	name: string,
	settings: RemoteSettings | undefined,
): void {
	const { system, store } = agent;
	prepareStore(system, store);
	loadSettings(agent);
	const before = readText(system.disk, store.settings, 1024 * 1024) ?? "{}\n";
	const isLast = settings === undefined && remotesOf(agent).length === 1;
	const at = isLast ? ["remotes"] : ["remotes", name];
	const edits = modify(before, at, settings, {
		formattingOptions: { insertSpaces: false, tabSize: 1 },
	});
	const after = applyEdits(before, edits);
	parseSettings(after, store.settings);
	writeDurably(system.disk, store.settings, after);
	const owner = system.disk.stat(store.home);
	if (owner !== undefined) giveToOwner(system, store.settings, owner);
}
