import { printable } from "../words.ts";
import { timeText } from "./time-of-night.ts";
import { noteLine, type Timer } from "./timer.ts";

/** Two files for systemd: what is done, and when. */
export interface Units {
	readonly service: string;
	readonly timer: string;
}

/** Quoted as systemd.syntax(7) and systemd.service(5) say. */
export function systemdUnits(timer: Timer): Units {
	const { title, time, command, environment, unset, user } = timer;
	const head = [
		"# Written by agent-snapshot. `agent-snapshot schedule remove` takes it away.",
		`# ${noteLine(timer)}`,
		"",
		"[Unit]",
		`Description=Snapshot of ${printable(title).replaceAll("%", "%%")}`,
		"",
	];
	const said = Object.entries(environment).map(
		([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
	);
	return {
		service: text([
			...head,
			"[Service]",
			"Type=oneshot",
			...(user === undefined ? [] : [`User=${user}`]),
			`ExecStart=${startable(command).map(quotedToStart).join(" ")}`,
			...said,
			`UnsetEnvironment=${unset.join(" ")}`,
			// One that hangs is ended, and says so.
			"TimeoutStartSec=6h",
			"WorkingDirectory=/",
			"UMask=0077",
			"Nice=10",
			"IOSchedulingClass=idle",
		]),
		timer: text([
			...head,
			"[Timer]",
			`OnCalendar=*-*-* ${timeText(time)}:00`,
			"RandomizedDelaySec=15min",
			// What was missed because the machine was off or asleep is made up for.
			"Persistent=true",
			"",
			"[Install]",
			"WantedBy=timers.target",
		]),
	};
}

/** It takes no program with these in its path. */
function startable(command: readonly string[]): readonly string[] {
	const [program = ""] = command;
	return /["'\\$]/.test(program) ? ["/usr/bin/env", ...command] : command;
}

/** Variables are expanded in the words of a command, and not elsewhere. */
function quotedToStart(word: string): string {
	return quoted(word).replaceAll("$", "$$$$");
}

function quoted(word: string): string {
	const escaped = word.replace(/["\\]/g, "\\$&").replaceAll("%", "%%");
	return `"${escaped}"`;
}

function text(lines: readonly string[]): string {
	return `${lines.join("\n")}\n`;
}
