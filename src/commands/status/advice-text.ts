import type { KnownAgent } from "../../core/home/known-agent.ts";
import { typable } from "../../core/words.ts";
import { findVerb, VERBS } from "../call/grammar.ts";
import { type Invocation, isChat } from "../call/handler.ts";
import { exportText } from "./status-text.ts";

type Typing = Pick<Invocation, "meant" | "prefix" | "terminal">;

/** What a person types before a verb to mean one of the agents that are told of, of which each advice has to name its own. */
export interface Typed {
	/** Where they are told of it. */
	readonly here: string;
	readonly terminal: string;
	/** In a terminal before what names the agent itself, and works where `/snapshot` is not installed. */
	readonly toInstall: string;
}

export function typedFor(known: KnownAgent, typing: Typing): Typed {
	const { meant, prefix, terminal } = typing;
	const { name } = known.host;
	if (name !== meant.host.name) {
		const other = `${OURS} --host ${name}`;
		return { here: other, terminal: other, toInstall: OURS };
	}
	return { here: prefix, terminal, toInstall: toInstall(known, typing) };
}

const OURS = "agent-snapshot";

function toInstall(
	{ host, places, environment }: KnownAgent,
	{ prefix, terminal }: Typing,
): string {
	if (terminal.startsWith(OURS))
		return terminal.includes(" --home ") ? terminal : OURS;
	// As the agent's own program calls us: nobody has said whether this home is the usual one.
	const isNamed = !isChat(prefix) && Object.keys(environment).length > 0;
	return isNamed
		? `${OURS} --host ${host.name} --home ${typable(places.home)}`
		: OURS;
}

const VERB = VERBS.flatMap(({ name, aliases }) => [name, ...aliases]).join("|");
/** Nothing else in backticks: they may be those of a path. */
const CALL = new RegExp(`\`((?:${VERB})(?: [^\`]*)?)\``, "g");

/** The core writes `prune 5` without knowing where that is typed, and by whom. */
export function adviceText(text: string, typed: Typed): string {
	return text.replace(CALL, (_, call: string) => {
		const { name, terminal } = findVerb(call.split(" ")[0] ?? "") ?? {};
		if (name === "install" || name === "uninstall")
			return `${typed.toInstall} ${call}`;
		if (call === "export --full") return exportText(typed.here);
		return `${terminal === true ? typed.terminal : typed.here} ${call}`;
	});
}
