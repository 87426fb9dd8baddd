import type { Setting } from "../../campaign.ts";
import type { Chance } from "../../chance.ts";
import { isMutating, MUTATING } from "../../strace.ts";
import { callsToHurt, hurtAt, type TracedCall } from "../kill/hurt-at.ts";
import { freshCopy } from "../kill/scene.ts";
import { type Change, makePassedHome, type PassedHome } from "./homes.ts";
import type { JournalMode } from "./passing-agent.ts";

/** What a call that opens a window may be. No `access`: SQLite's backup makes it in another thread, which is counted apart. */
const WINDOWS =
	"openat,statx,lstat,stat,newfstatat,unlink,rename,link,pread64,pwrite64,fsync,fdatasync,ftruncate,fcntl,close,write".split(
		",",
	);

/** The homes that points copy, and what the commands do to them undisturbed, each made when it is first needed. */
export class Templates {
	readonly #setting: Setting;
	readonly #known = new Map<string, Promise<unknown>>();

	constructor(setting: Setting) {
		this.#setting = setting;
	}

	home(change: Change, mode: JournalMode, file: string): Promise<PassedHome> {
		return this.#once(`home ${change} ${mode} ${file}`, () =>
			makePassedHome(this.#setting, change, mode, file),
		);
	}

	/** Those that change the disk while a restore's journal lies there: killed at one of them it is half-way. */
	halfWays(passed: PassedHome): Promise<TracedCall[]> {
		return this.#once(`half-ways ${nameOf(passed)}`, async () => {
			const { home } = this.#copy(passed, `${nameOf(passed)}-traced`);
			const words = ["restore", passed.snapshot];
			const command = { subject: this.#setting.subject, home, words };
			const calls = await callsToHurt(command, [...MUTATING]);
			const isOf = (name: string, { line }: TracedCall) =>
				line.startsWith(`${name}(`) && /\/journal\.json"\)? /.test(line);
			const from = calls.findIndex((call) => isOf("rename", call));
			const to = calls.findIndex((call) => isOf("unlink", call));
			if (from < 0 || to < from) throw new Error("a restore has no journal");
			const between = calls.slice(from + 1, to + 1);
			// How many files Node opens differs from run to run.
			return between.filter(
				(call) => isMutating(call) && call.name !== "openat",
			);
		});
	}

	/** The calls of a restore, or of the recovery of one that was killed there, on the database and on the journal. */
	windows(passed: PassedHome, killedAt?: TracedCall): Promise<TracedCall[]> {
		const { name, place, occurrence } = killedAt ?? {};
		const crash = `${name} ${place} ${occurrence}`;
		return this.#once(`windows ${nameOf(passed)} ${crash}`, async () => {
			const { subject } = this.#setting;
			const folder = `traced-windows-${this.#known.size}`;
			const { home } = this.#copy(passed, folder);
			const words =
				killedAt === undefined ? ["restore", passed.snapshot] : ["recover"];
			if (killedAt !== undefined)
				await this.crash(passed, killedAt, () => this.#copy(passed, folder));
			const calls = await callsToHurt({ subject, home, words }, WINDOWS);
			return calls.filter(({ place: at }) => isNear(at, passed.database));
		});
	}

	/** Leaves a restore as a crash at that call leaves it. Returns the home. */
	async crash(
		{ snapshot }: PassedHome,
		call: TracedCall,
		again: () => { home: string },
	): Promise<string> {
		const words = ["restore", snapshot];
		const prepare = async () => {
			const { subject } = this.#setting;
			return { subject, home: again().home, words };
		};
		const command = await prepare();
		const harm = "signal=SIGKILL";
		const { reached, tries } = await hurtAt(command, call, harm, prepare);
		if (!reached) throw new Error(`not killed there: ${tries.join("; ")}`);
		return command.home;
	}

	#copy({ home }: PassedHome, folder: string): { home: string } {
		return { home: freshCopy(home, `${this.#setting.dir}/${folder}`) };
	}

	#once<T>(key: string, make: () => Promise<T>): Promise<T> {
		const known = this.#known.get(key) as Promise<T> | undefined;
		const made = known ?? make();
		this.#known.set(key, made);
		return made;
	}
}

/** One of them, each kind of call on each file as likely as another. */
export function drawCall(
	chance: Chance,
	calls: readonly TracedCall[],
): TracedCall {
	const kinds = Map.groupBy(calls, ({ name, place }) => `${name} ${place}`);
	return chance.pick(chance.pick([...kinds.values()]));
}

function isNear(place: string, database: string): boolean {
	return (
		[database, `${database}-wal`, `${database}-journal`].includes(place) ||
		/^state-snapshots\/\.restore\/(journal\.json(\.new)?|new\/\d+)$/.test(place)
	);
}

function nameOf({ change, mode, database }: PassedHome): string {
	return `${change}-${mode}-${database}`;
}
