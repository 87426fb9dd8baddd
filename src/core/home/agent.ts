import { SnapshotError } from "../../errors.ts";
import type { Patience, System } from "../../system/system.ts";
import type { Entry } from "../capture/entry.ts";
import { readText } from "../files/durable.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { DEFAULT_POLICY, type Rules } from "../retention/keep-rules.ts";
import { type StorePaths, storePaths } from "../store/store.ts";
import { isDatabaseByRight } from "./coverage.ts";
import type { Host } from "./host.ts";
import type { Outside } from "./outside.ts";
import { DEFAULT_SETTINGS, parseSettings, type Settings } from "./settings.ts";

/** One agent's home, and all that is needed to work on it. */
export interface Agent {
	readonly system: System;
	readonly host: Host;
	/** Holds all of its state: see `Layout`. Absolute, links resolved. */
	readonly home: string;
	readonly store: StorePaths;
	/** Set where names in the home lead to other programs' directories: see leading-outside.ts. */
	readonly outside?: Outside;
	readonly patience: Patience;
	/** How long a writing command waits for another one to end. */
	readonly waitMilliseconds: number;
}

/** @param storeIn the directory that holds the store, if that is not the home */
export function agentAt(
	parts: Omit<Agent, "store">,
	storeIn: string = parts.home,
): Agent {
	return { ...parts, store: storePaths(storeIn, parts.home) };
}

/** Far more than anyone would write. */
const SETTINGS_LIMIT = 1024 * 1024;

/** @throws SnapshotError `bad-config` */
export function loadSettings({ system, store }: Agent): Settings {
	const { kind = "file", size = 0 } = system.disk.stat(store.settings) ?? {};
	const why =
		kind !== "file"
			? "is no regular file"
			: size > SETTINGS_LIMIT && `is larger than ${SETTINGS_LIMIT} bytes`;
	if (why)
		throw new SnapshotError(
			"bad-config",
			`${store.settings} ${why}. Nothing was changed.`,
			{ hint: "Remove it to go back to the defaults." },
		);
	const text = readText(system.disk, store.settings, SETTINGS_LIMIT);
	return text === undefined
		? DEFAULT_SETTINGS
		: parseSettings(text, store.settings);
}

/** As `loadSettings`, for what must work whatever stands in that file. */
export function settingsOrDefaults(agent: Agent): Settings {
	return settingsIfSound(agent) ?? DEFAULT_SETTINGS;
}

export function settingsIfSound(agent: Agent): Settings | undefined {
	try {
		return loadSettings(agent);
	} catch (error) {
		if (error instanceof SnapshotError && error.code === "bad-config")
			return undefined;
		throw error;
	}
}

export function rulesOf({ keep, keepBytes }: Settings): Rules {
	return { policy: { ...DEFAULT_POLICY, ...keep }, keepBytes };
}

/** Databases by right: those the host names, and those that were one in the newest snapshot. */
export function databaseExpectation(
	host: Host,
	newest: Manifest | undefined,
): (path: string) => boolean {
	const known = new Set(
		(newest?.entries ?? []).filter(wasDatabase).map(({ path }) => path),
	);
	return (path) => known.has(path) || isDatabaseByRight(host, path);
}

function wasDatabase({ kind }: Entry): boolean {
	return kind === "database";
}
