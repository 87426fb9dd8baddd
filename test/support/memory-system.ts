import { createDisk } from "../../src/system/disk.ts";
import type {
	Clock,
	Holder,
	ProgramResult,
	RunningProgram,
	System,
} from "../../src/system/system.ts";
import {
	type BeforeChange,
	memoryFiles,
	newVolume,
	type Volumes,
} from "./memory-files.ts";
import { type Elsewhere, memorySqlite } from "./memory-sqlite.ts";

/** When the tests take place, unless they say otherwise. */
export const NOW = "2026-11-21T01:14:02.000Z";

/** Where our package lies. */
export const OURS = "/opt/agent-snapshot";

/** A clock that moves when it is told to, and at once when somebody sleeps. */
export interface FakeClock extends Clock {
	advance(milliseconds: number): void;
	/** As a person or NTP does; `monotonic` knows nothing of it. */
	set(date: string): void;
}

/** A machine in memory, and the knobs on it. */
export interface Machine {
	readonly volume: Volumes;
	readonly system: System;
	readonly clock: FakeClock;
	readonly elsewhere: Elsewhere;
	/** Which processes hold which file open; undefined where the system does not tell. */
	holders: ReadonlyMap<string, readonly Holder[]> | undefined;
	/** Where something is mounted. */
	mountPoints: string[];
	freeBytes: number | undefined;
	/** What the programs on the path do with what they are told. */
	programs: Map<
		string,
		(words: readonly string[], input?: string) => Partial<ProgramResult>
	>;
	/** Which variables are set. */
	variables: Record<string, string>;
	/** What another machine says to what is posted there; undefined: it takes it. */
	web: (url: string, text: string) => string | undefined;
	/** Which of them run. */
	running: readonly RunningProgram[] | undefined;
	before: BeforeChange;
}

/** The same volume given again is the same disk after the power came back: nothing is locked or held any more. */
export function machine(
	volume: Volumes = newVolume(),
	now: string = NOW,
): Machine {
	const elsewhere = { locked: new Set<string>(), open: new Set<string>() };
	const before: BeforeChange = (call, tear) => self.before(call, tear);
	const files = memoryFiles(volume, before);
	const clock = fakeClock(now);
	// By a clock of another age: what was just written is old enough to be looked at twice.
	const disk = createDisk(files, () => 0);
	const self: Machine = {
		volume,
		clock,
		elsewhere,
		holders: new Map(),
		mountPoints: [],
		freeBytes: 50e9,
		programs: new Map(),
		variables: {},
		web: () => "ECONNREFUSED",
		running: [],
		before: () => {},
		system: {
			// memfs would do the impossible move.
			disk: { ...disk, isKept: () => false, freeBytes: () => self.freeBytes },
			sqlite: memorySqlite(volume, files, before, elsewhere),
			clock,
			processes: {
				pid: 4242,
				userId: undefined,
				canSetOwner: false,
				toolVersion: "0.0.0-test",
				machineName: "test-machine",
				machineId: "0123456789abcdef",
				boot: undefined,
				mountPoints: () => self.mountPoints,
				holders: () => self.holders,
				openBelow: (directories) =>
					self.holders &&
					[...self.holders.keys()].filter((path) =>
						directories.some((one) => path.startsWith(`${one}/`)),
					),
			},
			programs: {
				ownDirectory: OURS,
				userHome: "/home/ada",
				node: { path: "/usr/bin/node", version: "24.21.0" },
				find: (name) =>
					self.programs.has(name) ? `/usr/bin/${name}` : undefined,
				variables: (names) =>
					Object.fromEntries(
						Object.entries(self.variables).filter(([name]) =>
							names.includes(name),
						),
					),
				async run([path = "", ...words], _environment, input) {
					const answer = self.programs.get(path.replace("/usr/bin/", ""));
					const said = answer?.(words, input);
					return { exitCode: 0, output: "", problem: "", ...said };
				},
				async follow({ command: [path = "", ...words], ...told }) {
					const answer = self.programs.get(path.replace("/usr/bin/", ""));
					const {
						exitCode = 0,
						output = "",
						problem = "",
					} = answer?.(words) ?? {};
					for (const line of output.split("\n")) told.onOutput(line);
					for (const line of problem.split("\n")) told.onProblem(line);
					return { exitCode };
				},
				async runAttached({ command: [name = "", ...words] }) {
					const program = self.programs.get(name);
					if (program === undefined)
						return { exitCode: 127, problem: "there is no such program" };
					return { exitCode: program(words).exitCode ?? 0 };
				},
				askSecret: async () => undefined,
				async tryOut({ command }) {
					const exitCode = self.programs.get(command)?.([])?.exitCode;
					return { isRunning: exitCode === undefined, exitCode };
				},
				running: () => self.running,
			},
			network: { post: async (url, text) => self.web(url, text) },
		},
	};
	return self;
}

function fakeClock(start: string): FakeClock {
	let now = Date.parse(start);
	let elapsed = 0;
	const advance = (milliseconds: number) => {
		now += milliseconds;
		elapsed += milliseconds;
	};
	return {
		now: () => new Date(now),
		monotonic: () => elapsed,
		async sleep(milliseconds) {
			advance(milliseconds);
		},
		advance,
		set(date) {
			now = Date.parse(date);
		},
	};
}
