import { printable, quoted } from "../../core/words.ts";

/** What is typed before a verb in a terminal for that agent, and for that home of it where it is not the usual one. */
export function typedFor(host: string, home?: string): string {
	const named = `agent-snapshot --host ${host}`;
	return home === undefined
		? named
		: `${named} --home ${printable(quoted(home))}`;
}
