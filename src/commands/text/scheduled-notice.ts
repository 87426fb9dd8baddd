import type { Agent } from "../../core/home/agent.ts";
import { lastFailure } from "../../core/schedule/last-failure.ts";
import { type Invocation, isChat } from "../call/handler.ts";
import { momentText, printable, shortened } from "./text.ts";

/** Of a scheduled run that failed, in front of what was asked for, until one goes well: nobody sees it by himself. */
export function noticeText(
	{ system, store }: Agent,
	{ prefix, terminal }: Invocation,
): string[] {
	const failure = lastFailure(system.disk, store);
	if (failure === undefined) return [];
	const when = momentText(failure.at, system.clock.now());
	const why = shortened(printable(failure.why), 160);
	const where = isChat(prefix) ? ", in a terminal" : "";
	return [
		`The scheduled run of ${when} FAILED (${why}). More${where}: ${terminal} schedule status`,
	];
}
