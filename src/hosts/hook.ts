/**
 * For the agents that run a program before a prompt reaches the model (Copilot, Codex, Gemini, Claude Code): answers
 * `/snapshot …` in the agent's own terms, and says nothing to all else. `node dist/hosts/hook.js HOST EVENT [SECONDS]`, the
 * agent's JSON on standard input. Whatever goes wrong, the person's prompt goes on its way: exit 0.
 *
 * SECONDS is how long the engine is waited for. An agent that loses patience with its hook gives the prompt to the model,
 * so in its hooks file that stands beside a `timeout` which is well above it.
 */
import { text } from "node:stream/consumers";
import { answerTo, wordsOf } from "./hook-answer.ts";

/** Agents whose hooks file says nothing else end a hook after a minute, or half of one. */
const SHORT = 25;

const [name = "", event = "", seconds = SHORT, typed = ""] =
	process.argv.slice(2);
const isCommand = event === "command";
const isByItself = /start|compact|compress/i.test(event);

if (isCommand || isByItself) await handle(typed);
else {
	const words = wordsOf(await text(process.stdin), name);
	if (words !== undefined) await handle(words);
}

async function handle(words: string): Promise<void> {
	// Only now: every prompt of a person passes here, and most are not for us.
	const { createSnapshotCommand, hosts } = await import("../index.ts");
	if (!Object.hasOwn(hosts, name)) return;
	const host = hosts[name as keyof typeof hosts];
	const snapshot = createSnapshotCommand(host, { patience: Number(seconds) });
	if (isByItself) {
		const { callerVersion } = await import("../system/program-version.ts");
		// Agents wait for their hooks: what nobody asked for goes on by itself.
		snapshot.startAutomatic(
			/start/i.test(event) ? "start" : "compaction",
			callerVersion(),
		);
		return;
	}
	const reply = await snapshot.run(words);
	// The agent shows what its own command prints as it is.
	console.log(
		isCommand ? reply.text : JSON.stringify(answerTo(host.name, reply)),
	);
}
