import { applyEdits, modify } from "jsonc-parser";
import { readText } from "../files/durable.ts";
import { type Agent, loadSettings } from "../home/agent.ts";
import type { ScheduleStep } from "./scheduler-steps.ts";
import { maskedAddress } from "./tell-outcome.ts";

/** What of the settings is about scheduled runs; "" takes it out, undefined leaves it. */
export interface NoticeSettings {
	readonly ping?: string | undefined;
	readonly onFailure?: string | undefined;
}

const STYLE = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/**
 * The settings with these in them, where that is another text: all else in it stays, comments too.
 * @throws SnapshotError `bad-config`
 */
export function settingsStep(
	agent: Agent,
	notice: NoticeSettings,
): ScheduleStep[] {
	const { system, store } = agent;
	const { schedule = {} } = loadSettings(agent);
	const wanted = Object.entries(notice).filter(
		([key, value]) =>
			value !== undefined &&
			(schedule[key as keyof typeof schedule] ?? "") !== value,
	);
	if (wanted.length === 0) return [];
	const before = readText(system.disk, store.settings, 1024 * 1024);
	const changed = wanted.reduce(
		(text, [key, value]) =>
			edited(text, ["schedule", key], value === "" ? undefined : value),
		before ?? "{}\n",
	);
	const left = { ...schedule, ...Object.fromEntries(wanted) };
	const isEmpty = Object.values(left).every((value) => value === "");
	const text = isEmpty ? edited(changed, ["schedule"], undefined) : changed;
	// We made it only for these.
	if (isEmpty && /^\s*\{\s*\}\s*$/.test(text))
		return [{ do: "remove", path: store.settings }];
	const shown = wanted.map(([key, value]) => shownAs(key, value ?? ""));
	return [
		{
			do: "write",
			path: store.settings,
			text,
			mode: 0o600,
			shown: shown.join("\n"),
		},
	];
}

function edited(text: string, at: string[], value: string | undefined): string {
	return applyEdits(text, modify(text, at, value, STYLE));
}

function shownAs(key: string, value: string): string {
	if (value === "") return `- "schedule": "${key}"`;
	const what = key === "ping" ? maskedAddress(value) : value;
	return `+ "schedule": { "${key}": ${JSON.stringify(what)} }`;
}
