/**
 * For the agents that run a program before a prompt reaches the model (Copilot, Codex, Gemini, Claude Code): answers
 * `/snapshot …` in the agent's own terms, and says nothing to all else. `node dist/hosts/hook.js HOST EVENT [SECONDS]`, the
 * agent's JSON on standard input. Whatever goes wrong, the person's prompt goes on its way: exit 0.
 *
 * SECONDS is how long the engine is waited for. An agent that loses patience with its hook gives the prompt to the model,
 * so in its hooks file that stands beside a `timeout` which is well above it.
 */
import { text } from "node:stream/consumers";
import { createSnapshotCommand, type Host, hosts } from "../index.ts";
import { callerVersion } from "../system/program-version.ts";
import { answerTo, wordsOf } from "./hook-answer.ts";

/** Agents whose hooks file says nothing else end a hook after a minute, or half of one. */
const SHORT = 25;

const [name = "", event = "", seconds = SHORT, typed = ""] =
	process.argv.slice(2);
const host: Host | undefined = Object.hasOwn(hosts, name)
	? hosts[name as keyof typeof hosts]
	: undefined;

if (host !== undefined) await handle(host);

async function handle(of: Host): Promise<void> {
	const snapshot = createSnapshotCommand(of, { patience: Number(seconds) });
	// Agents wait for their hooks: what nobody asked for goes on by itself.
	if (/start/i.test(event)) snapshot.startAutomatic("start", callerVersion());
	else if (/compact|compress/i.test(event))
		snapshot.startAutomatic("compaction", callerVersion());
	// A command that the agent knows: it shows what is printed.
	else if (event === "command") console.log((await snapshot.run(typed)).text);
	else {
		const words = wordsOf(await text(process.stdin), of.name);
		if (words === undefined) return;
		const reply = await snapshot.run(words);
		console.log(JSON.stringify(answerTo(of.name, reply)));
	}
}
