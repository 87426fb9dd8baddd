import { SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";

/** This user's whole crontab; "" when there is none. @throws SnapshotError `failed` when it could not be read */
export async function readCrontab({ programs }: System): Promise<string> {
	const program = programs.find("crontab");
	if (program === undefined) return "";
	const { exitCode, output, problem } = await programs.run([program, "-l"], {});
	if (exitCode === 0) return output;
	// As all of them say it.
	if (/no crontab|can't open/i.test(problem)) return "";
	throw new SnapshotError(
		"failed",
		`crontab -l failed: ${lastLine(problem || output)}. Nothing was changed.`,
		{ hint: "See whether you may use cron: cron.allow, cron.deny." },
	);
}

/** Reads it again: cron may refuse a text. @throws Error that says why it could not be written */
export async function writeCrontab(
	system: System,
	text: string,
): Promise<void> {
	const { programs } = system;
	const program = programs.find("crontab") ?? "crontab";
	const isNone = text.trim() === "";
	const { exitCode, problem, output } = await programs.run(
		[program, isNone ? "-r" : "-"],
		{},
		isNone ? undefined : text,
	);
	if (exitCode !== 0)
		throw new Error(`crontab failed: ${lastLine(problem || output)}`);
	const now = await readCrontab(system);
	if (now.trim() !== text.trim())
		throw new Error("crontab does not say what it was told");
}

function lastLine(text: string): string {
	return text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}
