import { commandWhenDue, minuteOf, noteLine, type Timer } from "./timer.ts";

/** A property list for launchd, which has it asked every hour: it forgets what was missed while the machine was off. */
export function launchdPlist(timer: Timer): string {
	const { name, environment, unset } = timer;
	const command = [
		...["/usr/bin/env", ...unset.flatMap((variable) => ["-u", variable])],
		...commandWhenDue(timer),
	];
	const entries = [
		["Label", string(name)],
		["ProgramArguments", list("array", command.map(string))],
		[
			"EnvironmentVariables",
			list(
				"dict",
				Object.entries(environment).map(
					([variable, value]) =>
						`<key>${escaped(variable)}</key>${string(value)}`,
				),
			),
		],
		[
			"StartCalendarInterval",
			list("dict", [`<key>Minute</key><integer>${minuteOf(timer)}</integer>`]),
		],
		["WorkingDirectory", string("/")],
		["Umask", "<integer>63</integer>"],
		["Nice", "<integer>10</integer>"],
		["LowPriorityIO", "<true/>"],
		["ProcessType", string("Background")],
	];
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
		"<!-- Written by agent-snapshot. `agent-snapshot schedule remove` takes it away. -->",
		`<!-- ${noteLine(timer)} -->`,
		'<plist version="1.0">',
		"<dict>",
		...entries.map(([key, value]) => `\t<key>${key}</key>\n\t${value}`),
		"</dict>",
		"</plist>",
		"",
	].join("\n");
}

function list(what: "array" | "dict", items: readonly string[]): string {
	return [
		`<${what}>`,
		...items.map((item) => `\t\t${item}`),
		`\t</${what}>`,
	].join("\n");
}

function string(value: string): string {
	return `<string>${escaped(value)}</string>`;
}

function escaped(value: string): string {
	return value
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;");
}
