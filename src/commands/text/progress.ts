import { maskServiceKeys } from "../../core/secrets/service-keys.ts";
import type { Progress } from "../../system/system.ts";
import { columnsOf, progressLine, type Standing } from "./progress-text.ts";

/** Nothing is said of what is done within this time, in milliseconds. */
const LONG = 1000;
/** Between two lines, in milliseconds. */
const OFTEN = 100;

/** Where it is shown. */
export interface Watcher {
	show(standing: Standing): void;
	/** A sentence of its own, besides. */
	say(text: string): void;
	/** The work has come to its end. */
	end(): void;
}

export interface Watched extends Progress {
	/** Shows how far it is, if that was not done a moment ago: for a timer, while the work waits for something. */
	tick(): void;
	/** Somebody wants it to end. What cannot be ended says so. */
	interrupt(): void;
}

const GOES_ON =
	"Not interrupted: the restore has begun to put things back, and goes on to its end.";

/** Shows what takes long. Who works for seconds lets no timer in: so it is shown when the work tells of itself. */
export function watched(watcher: Watcher, now: () => number): Watched {
	let standing: Omit<Standing, "bytesPerSecond"> | undefined;
	let begun = 0;
	let next = now() + LONG;
	const tick = () => {
		const time = now();
		if (standing === undefined || time < next) return;
		next = time + OFTEN;
		const { done } = standing;
		const seconds = (time - begun) / 1000;
		// Of the first moments it says nothing yet.
		const isKnown = done > 0 && seconds > OFTEN / 1000;
		const bytesPerSecond = isKnown ? Math.round(done / seconds) : undefined;
		watcher.show({ ...standing, bytesPerSecond });
	};
	const change = (to: Partial<Standing>) => {
		if (standing !== undefined) standing = { ...standing, ...to };
		tick();
	};
	return {
		begin(phase, total) {
			standing = { phase, path: undefined, done: 0, total };
			begun = now();
			tick();
		},
		at: (path) => change({ path }),
		add: (bytes) => change({ done: (standing?.done ?? 0) + bytes }),
		tick,
		interrupt() {
			if (standing?.phase === "restoring") watcher.say(GOES_ON);
		},
		end() {
			standing = undefined;
			watcher.end();
		},
	};
}

/** One line of a terminal, drawn anew in its place. */
export function onTerminal(
	write: (text: string) => void,
	columns: () => number,
): Watcher {
	let shown = 0;
	const draw = (line: string) => {
		// By blanks and not by an escape code, which not every terminal knows.
		write(`\r${line}${" ".repeat(Math.max(0, shown - columnsOf(line)))}`);
		shown = columnsOf(line);
	};
	const clear = () => {
		if (shown === 0) return;
		draw("");
		write("\r");
	};
	return {
		show: (standing) => draw(progressLine(standing, columns() - 1)),
		say(text) {
			clear();
			write(`${text}\n`);
		},
		end: clear,
	};
}

/** No longer than what a pipe takes in one piece. */
const LONGEST_EVENT = 4000;

/** For programs: JSON lines. */
export function asEvents(write: (text: string) => void): Watcher {
	return {
		show(standing) {
			const { total = null, bytesPerSecond = null } = standing;
			const { phase, done } = standing;
			const path = maskServiceKeys(standing.path ?? "") || null;
			const event = { event: "progress", phase, path, done, total };
			const line = JSON.stringify({ ...event, bytesPerSecond });
			const short = JSON.stringify({ ...event, path: null, bytesPerSecond });
			write(`${Buffer.byteLength(line) > LONGEST_EVENT ? short : line}\n`);
		},
		say() {},
		end() {},
	};
}
