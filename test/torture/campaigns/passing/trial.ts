import path from "node:path";
import type { Chance } from "../../chance.ts";
import { type Ran, runSubject } from "../../run-subject.ts";
import { misbehaviour, tellingOf } from "../../sentences.ts";
import { brokenSnapshots, litter } from "../../store-oracle.ts";
import type { Subject } from "../../subjects.ts";
import { isPending } from "../kill/aftermath.ts";
import { BASE, type PassedHome, SINCE } from "./homes.ts";
import type { PassingAgent } from "./passing-agent.ts";
import { lostRows, rowsIn, unusable } from "./rows.ts";

/** What a command that was done has made of the database. */
interface Made {
	readonly of: "snapshot" | "present";
	/** Whose rows of the beginning it has. A restore that was done before one that is taken back has left those of the snapshot. */
	readonly base: "snapshot" | "present";
	/** How many rows had been acknowledged before it began. */
	readonly after: number;
}

/** Commands beside an agent on one home, and what has come of them so far. */
export class Trial {
	readonly subject: Subject;
	readonly passed: PassedHome;
	/** The copy. */
	readonly home: string;
	readonly chance: Chance;
	readonly faults: string[] = [];
	/** What each command answered. */
	readonly answers: Ran[] = [];
	#made: Made | undefined;
	#wasRestored = false;

	constructor(
		subject: Subject,
		passed: PassedHome,
		home: string,
		chance: Chance,
	) {
		this.subject = subject;
		this.passed = passed;
		this.home = home;
		this.chance = chance;
	}

	get database(): string {
		return path.join(this.home, this.passed.database);
	}

	/** Runs a command and keeps what is to be said of it. A refusal is allowed, half a restore is not. */
	async ask(
		agent: PassingAgent,
		words: readonly string[],
		run = () => runSubject(this.subject, this.home, words),
	): Promise<Ran> {
		const after = agent.acknowledged.length;
		const wasPending = isPending(this);
		const ran = await run();
		const { told, faults } = tellingOf(ran);
		this.answers.push(ran);
		this.faults.push(...misbehaviour(this.subject, ran), ...faults);
		if (told !== "done" && told !== "refused" && !isLate(ran))
			this.faults.push(`${ran.words}: ${told}: ${ran.stdout}`);
		const of = words.includes("--back") ? "present" : "snapshot";
		const base = this.#wasRestored ? "snapshot" : of;
		if (told === "done" && (wasPending || words[0] === "restore"))
			this.#made = this.isLeftAlone(ran) ? undefined : { of, base, after };
		this.#wasRestored ||= this.#made?.of === "snapshot";
		return ran;
	}

	/** What came since is not removed while somebody has it open, and the reply says so. */
	isLeftAlone({ reply }: Ran): boolean {
		const named = reply?.data.leftAlone?.map(({ path }) => path);
		return named?.includes(this.passed.database) === true;
	}

	/** Stops the agent, has what was interrupted finished, and looks whether anything is lost. */
	async settle(agent: PassingAgent): Promise<string[]> {
		const { home, passed, faults } = this;
		const met = await agent.stop();
		// One that had just opened what is being removed is told by SQLite that it is gone: by a journal, or by a log that
		// wants the database's mode. That row is not acknowledged.
		const isGone = (line: string) =>
			passed.change === "removed" &&
			/SQLITE_READONLY_DBMOVED|SQLITE_IOERR_FSTAT/.test(line);
		faults.push(...met.filter((line) => !isGone(line)));
		await this.ask(agent, ["recover"]);
		if (isPending(this)) {
			const way = this.chance.pick(["--finish", "--back"]);
			await this.ask(agent, ["recover", way]);
		}
		if (isPending(this)) faults.push("a restore is still pending at the end");
		faults.push(
			...lostRows(home, passed.database, agent.acknowledged),
			...this.#notAsTold(agent.acknowledged),
			...brokenSnapshots(home),
			...litter(home),
			...unusable(this.database),
		);
		if (faults.length === 0) return [];
		const told = this.answers.map(
			({ words, code, reply }) => `${words}: exit ${code}: ${reply?.text}`,
		);
		return [...faults, `${agent.acknowledged.length} rows; it said:`, ...told];
	}

	/** What was put back is there, and what was there before is not, not even out of a log. */
	#notAsTold(acknowledged: readonly string[]): string[] {
		if (this.#made === undefined) return [];
		const { of, base: whose, after } = this.#made;
		const { keys } = rowsIn(this.database);
		const isWithout = whose === "present" ? "made" : "removed";
		const base = this.passed.change === isWithout ? [] : BASE;
		const missing = base.filter((key) => !keys.has(key));
		const strange =
			of === "present" ? [] : [SINCE, ...acknowledged.slice(0, after)];
		if (base.length === 0) strange.push(...BASE);
		const wrong = strange.filter((key) => keys.has(key));
		return [
			...(missing.length === 0
				? []
				: [`${missing.length} rows of the ${of} are missing`]),
			...(wrong.length === 0
				? []
				: [`${wrong.length} rows of another state are there: ${wrong[0]}`]),
		];
	}
}

/** What an agent makes or writes to after the commit point is not taken from it: the restore stops there, and asks. */
function isLate({ reply }: Ran): boolean {
	return (
		reply?.text.includes("by another process in this very moment") === true
	);
}

/** A database that is written to when a restore begins is waited for; without this nothing would be shown. */
export function noneDone(answers: readonly Ran[]): string[] {
	if (answers.some(({ code }) => code === 0)) return [];
	return [`all ${answers.length} were refused: ${answers[0]?.reply?.text}`];
}
