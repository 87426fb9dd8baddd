import { difference, record } from "../../support/oracle.ts";
import type { Chance } from "../chance.ts";
import { litterIn, notWhole } from "../store-view.ts";
import { changeHome } from "./changes.ts";
import { engineAt } from "./engine.ts";
import {
	expectedAfter,
	Model,
	type Modelled,
	type Reason,
	touchedBetween,
} from "./model.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const YEAR = 365 * 24 * HOUR;
const FIRST = Date.parse("2026-11-21T01:00:00Z");

type Engine = ReturnType<typeof engineAt>;

/** Walks at random through all that can be done with a home, beside a model of what must be true. */
export class Walker {
	readonly #model = new Model();
	readonly #home: string;
	readonly #chance: Chance;
	readonly #run: Engine;
	#now = FIRST;
	#count = 0;
	/** What was done so far, for whoever has to find out why. */
	readonly story: string[] = [];

	constructor(home: string, chance: Chance) {
		this.#home = home;
		this.#chance = chance;
		this.#run = engineAt(home, () => new Date(this.#now));
		const manual = chance.pick([2, 4, 20]);
		this.#model.keep = { ...this.#model.keep, manual };
	}

	get keepManual(): number {
		return this.#model.keep.manual;
	}

	/** One operation. Returns what was wrong. */
	async step(): Promise<string[]> {
		this.#count++;
		this.#moveClock();
		const faults = await this.#operate();
		return [...faults, ...(await this.#checkList()), ...this.#checkStore()];
	}

	#operate(): Promise<string[]> {
		const draw = this.#chance.below(100);
		if (draw < 35) return this.#change();
		if (draw < 60) return this.#create();
		if (draw < 78) return this.#restore();
		if (draw < 90) return this.#undo();
		if (draw < 94) return this.#prune();
		if (draw < 97) return this.#dryRun();
		return this.#tellNothing();
	}

	/** Back by hours and years, forward, or not at all. */
	#moveClock(): void {
		const jumps = [
			0,
			0,
			0,
			1,
			SECOND,
			61 * SECOND,
			HOUR,
			-HOUR,
			-9 * HOUR,
			YEAR,
			-YEAR,
			-20 * YEAR,
			20 * YEAR,
		];
		const wanted = this.#now + this.#chance.pick(jumps);
		this.#now = Math.min(
			Math.max(wanted, Date.parse("1971-01-01")),
			Date.parse("2099-01-01"),
		);
	}

	async #change(): Promise<string[]> {
		this.#tell(changeHome(this.#home, this.#chance, this.#count));
		return [];
	}

	async #create(): Promise<string[]> {
		const reason = this.#chance.pick<Reason>([
			"manual",
			"manual",
			"manual",
			"pre-update",
			"scheduled",
		]);
		const force = this.#chance.oneIn(4);
		const typed = this.#chance.pick([
			null,
			"label",
			"another label",
			`number ${this.#count}`,
		]);
		const words = [
			"create",
			...(typed === null ? [] : [typed]),
			"--reason",
			reason,
			...(force ? ["--force"] : []),
		];
		const label = typed ?? (reason === "pre-update" ? "pre-update" : null);
		const before = record(this.#home);
		this.#tell(words.join(" "));
		const reply = await this.#run(...words);
		const faults = [...done(reply), ...difference(before, record(this.#home))];
		const made = force || !this.#model.hasNothingNew(before, reason);
		if (reply.data.created !== made)
			return [...faults, `created: ${reply.data.created}, should be ${made}`];
		if (!made) return faults;
		this.#add({ label, reason, held: before, touched: undefined });
		return [...faults, ...this.#pruned(reply, this.#model.prune())];
	}

	async #restore(): Promise<string[]> {
		const { ref, source } = this.#target();
		if (source === undefined) return this.#refused(["restore", ref]);
		return this.#putBack(["restore", ref], source, false);
	}

	async #undo(): Promise<string[]> {
		const source = this.#model.newestUndo();
		if (source === undefined) return this.#refused(["undo"]);
		return this.#putBack(["undo"], source, true);
	}

	async #putBack(
		words: string[],
		source: Modelled,
		isUndo: boolean,
	): Promise<string[]> {
		const before = record(this.#home);
		const expected = expectedAfter(source, before, isUndo);
		const touched = touchedBetween(before, expected);
		this.#tell(`${words.join(" ")} (${source.id})`);
		const reply = await this.#run(...words);
		const faults = [
			...done(reply),
			...difference(expected, record(this.#home)),
		];
		const changes = touched.size > 0;
		if (reply.data.restored !== changes)
			return [
				...faults,
				`restored: ${reply.data.restored}, should be ${changes}`,
			];
		if (!changes) return faults;
		const id = this.#add({
			label: "before restore",
			reason: "before-restore",
			held: before,
			touched,
		});
		const gone = this.#model.prune(this.#model.keep, [source.id, id]);
		return [...faults, ...this.#pruned(reply, gone)];
	}

	async #prune(): Promise<string[]> {
		const manual = this.#chance.oneIn(3)
			? undefined
			: 1 + this.#chance.below(6);
		const words = ["prune", ...(manual === undefined ? [] : [String(manual)])];
		this.#tell(words.join(" "));
		const before = record(this.#home);
		const reply = await this.#run(...words);
		const keep = {
			...this.#model.keep,
			...(manual !== undefined && { manual }),
		};
		return [
			...done(reply),
			...this.#pruned(reply, this.#model.prune(keep)),
			...difference(before, record(this.#home)),
		];
	}

	/** Says what it would do, and does nothing: the list and the home are compared after every step. */
	async #dryRun(): Promise<string[]> {
		const { ref, source } = this.#target();
		const words =
			this.#chance.oneIn(2) || source === undefined
				? ["prune", "1", "--dry-run"]
				: ["restore", ref, "--dry-run"];
		this.#tell(words.join(" "));
		const before = record(this.#home);
		const reply = await this.#run(...words);
		return [...done(reply), ...difference(before, record(this.#home))];
	}

	async #tellNothing(): Promise<string[]> {
		this.#tell("recover");
		const before = record(this.#home);
		const reply = await this.#run("recover");
		const faults =
			reply.data.recovered === null
				? []
				: ["recovered what was never interrupted"];
		return [
			...done(reply),
			...faults,
			...difference(before, record(this.#home)),
		];
	}

	async #refused(words: string[]): Promise<string[]> {
		this.#tell(`${words.join(" ")} (not there)`);
		const before = record(this.#home);
		const { exitCode, error } = await this.#run(...words);
		const faults = difference(before, record(this.#home));
		return exitCode === 1 && error?.code === "not-found"
			? faults
			: [...faults, `was not refused: ${exitCode}`];
	}

	/** By number, by id, by "latest"; now and then by a number that is not there. */
	#target(): { ref: string; source: Modelled | undefined } {
		const numbered = this.#model.numbered();
		const all = this.#model.snapshots;
		const draw = this.#chance.below(10);
		if (draw === 0 || all.length === 0)
			return {
				ref: String(numbered.length + 1 + this.#chance.below(3)),
				source: undefined,
			};
		if (draw < 3 && numbered.length > 0)
			return { ref: "latest", source: numbered[0] };
		if (draw < 6 && numbered.length > 0) {
			const at = this.#chance.below(numbered.length);
			return { ref: String(at + 1), source: numbered[at] };
		}
		const source = this.#chance.pick(all);
		return { ref: source.id, source };
	}

	#add(made: Omit<Modelled, "id">): string {
		const id = this.#model.nameFor(new Date(this.#now), made.label);
		this.#model.snapshots = [...this.#model.snapshots, { id, ...made }];
		return id;
	}

	#pruned(
		{ data }: Awaited<ReturnType<Engine>>,
		gone: readonly string[],
	): string[] {
		const said = JSON.stringify([...(data.removed as string[])].sort());
		const wanted = JSON.stringify([...gone].sort());
		return said === wanted ? [] : [`removed ${said}, should be ${wanted}`];
	}

	async #checkList(): Promise<string[]> {
		const reply = await this.#run("list", "--all");
		const shown = (reply.data.snapshots as ReturnType<Model["listed"]>).map(
			({ id, number, label, reason }) => ({ id, number, label, reason }),
		);
		const wanted = this.#model.listed();
		if (JSON.stringify(shown) === JSON.stringify(wanted)) return done(reply);
		return [
			...done(reply),
			`the list is ${JSON.stringify(shown)}`,
			`and should be ${JSON.stringify(wanted)}`,
		];
	}

	/** Every file of every snapshot, now and then; what was left behind, always. */
	#checkStore(): string[] {
		return [
			...litterIn(this.#home),
			...(this.#count % 25 === 0 ? notWhole(this.#home) : []),
		];
	}

	#tell(what: string): void {
		this.story.push(
			`${this.#count}. ${new Date(this.#now).toISOString()} ${what}`,
		);
	}
}

function done({
	exitCode,
	text,
	error,
}: {
	exitCode: number;
	text: string;
	error?: { stack?: string };
}): string[] {
	return exitCode === 0
		? []
		: [`exit ${exitCode}: ${text} ${error?.stack ?? ""}`];
}
