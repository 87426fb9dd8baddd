import { reasonIn, SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { type Agent, loadSettings } from "../home/agent.ts";
import type { Host } from "../home/host.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { gistOf } from "../install/install.ts";
import { isInstalled } from "../install/installation.ts";
import { copiesOf } from "../install/installed.ts";
import { engineOf } from "../install/plugin-engine.ts";
import { unreadEntries } from "../install/plugin-entries.ts";
import { whyFailed } from "../reasons.ts";
import {
	lookAtCoverage,
	lookAtHistory,
	lookAtPermissions,
} from "./examine-home.ts";
import { lookAtSchedule } from "./examine-schedule.ts";
import {
	lookAtRecovery,
	lookAtRoom,
	lookAtSnapshots,
} from "./examine-store.ts";
import type { Check, Finding } from "./finding.ts";

const CHECKS: Readonly<Record<string, Check>> = {
	plugin: lookAtPlugin,
	settings: lookAtSettings,
	snapshots: lookAtSnapshots,
	recovery: lookAtRecovery,
	schedule: lookAtSchedule,
	room: lookAtRoom,
	permissions: lookAtPermissions,
	history: lookAtHistory,
	coverage: lookAtCoverage,
};

/** Looks at all that a person would want to know of before they need a snapshot. Changes nothing. */
export async function examine(
	agent: Agent,
	known: KnownAgent,
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const [about, check] of Object.entries(CHECKS))
		try {
			findings.push(...(await check(agent, known)));
		} catch (error) {
			if (isImpatience(error)) throw error;
			const text = `it could not be looked at: ${whyFailed(error)}`;
			findings.push({ level: "problem", about, text });
		}
	return findings;
}

function isImpatience(error: unknown): boolean {
	return (
		error instanceof SnapshotError &&
		["interrupted", "timed-out"].includes(error.code)
	);
}

/** As the plugin does it: a program is started, and has to answer. */
async function lookAtPlugin(
	{ system }: Agent,
	known: KnownAgent,
): Promise<Finding[]> {
	const { host } = known;
	const unread = unreadEntries(system, known);
	if (unread.length > 0) {
		const text = `${host.title} cannot read ${unread.join(", ")}, and may not start`;
		return [problem(text, "take it out of there")];
	}
	if (!isInstalled(system, known)) return [notInstalled(system, known)];
	const { needs = [] } = host.installation;
	const missing = needs.filter(
		(program) => system.programs.find(program) === undefined,
	);
	if (missing.length > 0) {
		const text = `installed, but ${host.title} starts ${missing.join(", ")} for it, which is not on the path`;
		return [problem(text)];
	}
	const engine = engineOf(system, known);
	if (engine === undefined) {
		const text = `installed, but the copy of it that ${host.title} makes for itself is gone`;
		return [problem(text, again(host))];
	}
	const said = await whyNoAnswer(system, known, engine);
	if (said === undefined) {
		const text = "installed, and its engine answers";
		return [{ level: "ok", about: "plugin", text }];
	}
	const text = `installed, but its engine does not answer (${said})`;
	return [problem(text, again(host))];
}

async function whyNoAnswer(
	{ programs }: System,
	{ environment }: KnownAgent,
	engine: readonly string[],
): Promise<string | undefined> {
	const { exitCode, output, problem } = await programs.run(
		[...engine, "--json", "--version"],
		environment,
	);
	return exitCode === 0 && output.startsWith('{"ok":true')
		? undefined
		: gistOf((problem || output).trim());
}

function problem(text: string, advice?: string): Finding {
	return {
		level: "problem",
		about: "plugin",
		text,
		...(advice !== undefined && { advice }),
	};
}

function again({ name }: Host): string {
	return `\`uninstall ${name} --yes\`, then \`install ${name} --yes\``;
}

/** Two copies that register one command leave the agent without it; one from elsewhere may work. */
function notInstalled(system: System, known: KnownAgent): Finding {
	const { name, title } = known.host;
	const copies = copiesOf(system, known).map(
		({ path, text, file }) => `${path ?? text} in ${file}`,
	);
	return copies.length > 1
		? problem(
				`${title} is told to load ${copies.length} copies of it, and may have no /snapshot at all: ${copies.join(", ")}`,
				`\`install ${name} --yes\``,
			)
		: {
				level: "note",
				about: "plugin",
				text: `/snapshot is not installed in ${title} from here`,
				advice: `\`install ${name}\``,
			};
}

function lookAtSettings(agent: Agent): Finding[] {
	try {
		loadSettings(agent);
		return [];
	} catch (error) {
		if (!(error instanceof SnapshotError)) throw error;
		const text = `${reasonIn(error.message)}.`;
		return [{ level: "problem", about: "settings", text }];
	}
}
