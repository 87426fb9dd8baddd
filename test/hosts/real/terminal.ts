import { execFileSync } from "node:child_process";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { endSession } from "./programs.ts";

/** An agent's terminal, in which somebody types: tmux, with a server of its own. */
export interface Terminal {
	/** All that can be seen. */
	screen(): string;
	press(key: string): void;
	/** Presses it, and again when `wanted` is not seen soon: some show a question before they listen. */
	pressFor(key: string, wanted: string | RegExp): Promise<void>;
	/** Resolves when that can be seen. @throws what is seen instead, after a minute */
	see(wanted: string | RegExp): Promise<void>;
	/** Types a line, and resolves with what can be seen when `expected` has come. */
	type(line: string, expected: string | RegExp): Promise<string>;
	stop(): Promise<void>;
}

export interface Program {
	readonly command: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
}

/** High enough that nothing scrolls away. */
const SIZE = ["-x", "110", "-y", "150"];
const PATIENCE = 60_000;
const LOOK_EVERY = 50;
const PRESS_EVERY = 3000;

/** Opens one, and resolves when `ready` has brought it so far that somebody can type. */
export async function openTerminal(
	program: Program,
	ready: (terminal: Terminal) => Promise<void>,
): Promise<Terminal> {
	const terminal = startTerminal(program);
	try {
		await ready(terminal);
		return terminal;
	} catch (error) {
		await terminal.stop();
		throw error;
	}
}

function startTerminal({ command, cwd, env }: Program): Terminal {
	const socket = path.join(cwd, ".tmux");
	const tmux = (...args: string[]) =>
		execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], {
			encoding: "utf8",
			env: { PATH: process.env.PATH, TERM: "xterm-256color", LANG: "C.UTF-8" },
		});
	const inside = Object.entries({ LANG: "C.UTF-8", ...env }).flatMap(
		([name, value]) => (value === undefined ? [] : [`${name}=${value}`]),
	);
	const started = ["env", "-i", "TERM=screen-256color", ...inside, ...command];
	tmux("new-session", "-d", ...SIZE, "-c", cwd, ...started);
	const screen = () => tmux("capture-pane", "-p").trimEnd();
	const until = (holds: () => boolean, what: string) =>
		lookUntil(holds, () => `Not seen: ${what}. Seen:\n${screen()}`);
	const see = (wanted: string | RegExp) =>
		until(() => times(screen(), wanted) > 0, String(wanted));
	return {
		screen,
		press: (key) => void tmux("send-keys", key),
		async pressFor(key, wanted) {
			let again = 0;
			await until(() => {
				if (times(screen(), wanted) > 0) return true;
				if (performance.now() < again) return false;
				again = performance.now() + PRESS_EVERY;
				tmux("send-keys", key);
				return false;
			}, String(wanted));
		},
		see,
		async type(line, expected) {
			const before = times(screen(), line);
			tmux("send-keys", "-l", line);
			await until(() => times(screen(), line) > before, line);
			// An answer of the same words may stand there already.
			const answers = times(screen(), expected);
			tmux("send-keys", "Enter");
			await until(() => times(screen(), expected) > answers, String(expected));
			return screen();
		},
		async stop() {
			const pid = tmux("display-message", "-p", "#{pane_pid}").trim();
			await endSession(pid, () => tmux("kill-server"));
		},
	};
}

async function lookUntil(
	holds: () => boolean,
	complaint: () => string,
): Promise<void> {
	const end = performance.now() + PATIENCE;
	while (!holds()) {
		if (performance.now() > end) throw new Error(complaint());
		await wait(LOOK_EVERY);
	}
}

function times(text: string, wanted: string | RegExp): number {
	return text.split(wanted).length - 1;
}
