import { type KnownAgent, refuseMissing } from "../core/home/known-agent.ts";
import { carryOut, stepText } from "../core/install/install.ts";
import {
	type InstallStep,
	isInstalled,
	planInstall,
	planUninstall,
} from "../core/install/installation.ts";
import { hasTrace } from "../core/install/installed.ts";
import { SnapshotError } from "../errors.ts";
import type { Handler, Invocation } from "./call/handler.ts";
import type { Answer } from "./call/reply.ts";
import { unknownHost } from "./doctor.ts";
import { isAgreed, notDoneText } from "./text/ask-shown.ts";
import { printable } from "./text/text.ts";

export const install: Handler = async (invocation) => {
	const known = named(invocation);
	const { system } = invocation;
	const { title, installation } = known.host;
	// One that has not run yet makes its home when its own program is told of our plugin; a home that was named has to be there.
	const isNew =
		Object.keys(known.environment).length === 0 &&
		system.programs.find(installation.program) !== undefined;
	if (!isNew) refuseMissing(system.disk, known);
	const steps = planInstall(system, known);
	const state = `/snapshot is installed in ${title}`;
	if (steps.length === 0) return nothing(`${state}. Nothing was changed.`);
	const plan = shown(invocation, known, steps);
	if (!(await isAgreed(invocation, plan)))
		return notDone(invocation, known, steps, plan);
	const { kept, failures } = await carryOut(system, known, steps);
	if (!isInstalled(system, known))
		throw new SnapshotError(
			"failed",
			[
				`All was done, but ${title} does not show that /snapshot is installed.`,
				...failures.map(asSentence),
			].join(" "),
			{ hint: `Done: ${steps.map(stepText).join("; ")}.` },
		);
	return done([`${state}.`, ...keptText(kept), installation.afterwards], steps);
};

export const uninstall: Handler = async (invocation) => {
	const known = named(invocation);
	const { system } = invocation;
	const { title } = known.host;
	const steps = planUninstall(system, known);
	const state = `/snapshot is not installed in ${title}`;
	if (steps.length === 0) return nothing(`${state}. Nothing was changed.`);
	const plan = shown(invocation, known, steps);
	if (!(await isAgreed(invocation, plan)))
		return notDone(invocation, known, steps, plan);
	const { kept, failures } = await carryOut(system, known, steps);
	if (hasTrace(system, known))
		throw new SnapshotError(
			"failed",
			[
				`All was tried, but ${title} still shows our plugin.`,
				...failures.map(asSentence),
			].join(" "),
			{ hint: "Mend that, and give the command again." },
		);
	const snapshots = `The snapshots stay: ${known.places.home}/state-snapshots`;
	return done(
		[`${state} any more.`, ...keptText(kept), `${snapshots}.`],
		steps,
	);
};

/** Programs end what they say with a period, or do not. */
function asSentence(text: string): string {
	return `${text.replace(/\.+$/, "")}.`;
}

function named({ positionals, known, meant, verb }: Invocation): KnownAgent {
	const [name = ""] = positionals;
	const found = [meant, ...known].find(({ host }) => host.name === name);
	if (found === undefined) throw unknownHost(verb, name, known);
	return found;
}

function nothing(text: string): Answer {
	return { text, data: { done: [], planned: [] } };
}

function shown(
	{ verb, system }: Invocation,
	{ host }: KnownAgent,
	steps: readonly InstallStep[],
): string[] {
	const { program } = host.installation;
	const isNeeded = steps.some((step) => step.do === "run");
	return [
		`To ${verb.name} would:`,
		...steps.flatMap(shownStep).map((line) => `  ${printable(line)}`),
		...(isNeeded && system.programs.find(program) === undefined
			? [`${program} is not on the path: put it there first.`]
			: []),
	];
}

function notDone(
	invocation: Invocation,
	{ host }: KnownAgent,
	steps: readonly InstallStep[],
	plan: readonly string[],
): Answer {
	const { name } = invocation.verb;
	const how = `To do it: agent-snapshot ${name} ${host.name} --yes`;
	const text = notDoneText(invocation, plan, how);
	return { text, data: { done: [], planned: steps.map(stepText) } };
}

/** With what is other in a person's own settings. */
function shownStep(step: InstallStep): string[] {
	const changes = step.do === "write" ? (step.changes ?? []) : [];
	return [stepText(step), ...changes.map((change) => `  ${change}`)];
}

function keptText(kept: readonly string[]): string[] {
	return kept.map((path) => `What was there before: ${printable(path)}`);
}

function done(text: readonly string[], steps: readonly InstallStep[]): Answer {
	return {
		text: text.join("\n"),
		data: { done: steps.map(stepText), planned: [] },
	};
}
