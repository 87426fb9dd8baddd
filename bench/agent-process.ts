/** The agent: a process that holds state.db open and writes what it is told to. Started by agent.ts. */
import Database from "better-sqlite3";
import { adder, lastMessage } from "./state-db.ts";
import { Prose, randomFrom } from "./words.ts";

const [file = "", seed = "1"] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const prose = new Prose(random, 1_000_000);
const db = new Database(file);
// As Hermes sets it, but that the log is emptied when the bench says so: else its length would be a matter of chance.
// The original leaves a database without a log behind, in which no Hermes would go on.
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.pragma("wal_autocheckpoint = 0");
const add = adder(db, random, prose);
let beat: Beat | undefined;

interface Beat {
	readonly timer: NodeJS.Timeout;
	readonly milliseconds: number[];
}

/** What the process is told. */
export type Order =
	| { readonly do: "append"; readonly count: number }
	| { readonly do: "checkpoint" }
	| { readonly do: "last" }
	| { readonly do: "beat"; readonly perSecond: number }
	| { readonly do: "rest" };

/** Each order is answered with numbers: the last message, or the milliseconds of the commits that it ended. */
process.on("message", (order: Order) => {
	process.send?.(obey(order));
});
process.on("disconnect", () => {
	db.close();
	process.exit();
});
process.send?.([]);

function obey(order: Order): number[] {
	if (order.do === "append")
		for (let count = 0; count < order.count; count++) commit();
	if (order.do === "checkpoint") db.pragma("wal_checkpoint(TRUNCATE)");
	if (order.do === "last") return [lastMessage(db)];
	if (order.do === "beat") beat = startBeat(order.perSecond);
	if (order.do !== "rest" || beat === undefined) return [];
	clearInterval(beat.timer);
	db.pragma("wal_autocheckpoint = 0");
	return beat.milliseconds;
}

/** As an agent in use: SQLite empties the log by itself every 1,000 pages. */
function startBeat(perSecond: number): Beat {
	db.pragma("wal_autocheckpoint = 1000");
	const milliseconds: number[] = [];
	const began = performance.now();
	let done = 0;
	const timer = setInterval(() => {
		const due = ((performance.now() - began) / 1000) * perSecond;
		for (; done < due; done++) milliseconds.push(commit());
	}, 1);
	return { timer, milliseconds };
}

function commit(): number {
	const began = performance.now();
	db.transaction(add)();
	return performance.now() - began;
}
