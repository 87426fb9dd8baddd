import { type HomeRecord, record } from "../../../support/oracle.ts";
import type { Chance } from "../../chance.ts";
import { engineAt } from "./engine.ts";
import { Model } from "./model.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const YEAR = 365 * 24 * HOUR;
const FIRST = Date.parse("2026-11-21T01:00:00Z");
const EARLIEST = Date.parse("1971-01-01");
const LATEST = Date.parse("2099-01-01");

/** A home, what must be true of it, and a clock that jumps. */
export class World {
	readonly model = new Model();
	readonly home: string;
	readonly chance: Chance;
	readonly run: ReturnType<typeof engineAt>;
	now = FIRST;
	/** Operations so far. */
	count = 0;
	/** What was done so far, for whoever has to find out why. */
	readonly story: string[] = [];
	/** As it was after the last step, unless it was changed since. */
	#last: HomeRecord | undefined;

	constructor(home: string, chance: Chance) {
		this.home = home;
		this.chance = chance;
		this.run = engineAt(home, () => new Date(this.now));
		const manual = chance.pick([2, 4, 20]);
		this.model.keep = { ...this.model.keep, manual };
	}

	/** Back by hours and years, forward, or not at all. */
	moveClock(): void {
		const short = [0, 0, 0, 1, SECOND, 61 * SECOND];
		const long = [HOUR, -HOUR, -9 * HOUR, YEAR, -YEAR, 20 * YEAR, -20 * YEAR];
		const wanted = this.now + this.chance.pick([...short, ...long]);
		this.now = Math.min(Math.max(wanted, EARLIEST), LATEST);
	}

	/** The home as it is, by what is known of it. */
	seen(): HomeRecord {
		return this.#last ?? this.look();
	}

	look(): HomeRecord {
		this.#last = record(this.home);
		return this.#last;
	}

	forget(): void {
		this.#last = undefined;
	}

	tell(what: string): void {
		this.story.push(
			`${this.count}. ${new Date(this.now).toISOString()} ${what}`,
		);
	}
}
