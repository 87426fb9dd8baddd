/**
 * For the agents that run a program before a prompt reaches the model (Copilot, Codex, Gemini, Claude Code): answers
 * `/snapshot …` in the agent's own terms, and says nothing to all else. `node dist/hosts/hook.js HOST EVENT`, the
 * agent's JSON on standard input. Whatever goes wrong, the person's prompt goes on its way: exit 0.
 */
import { text } from "node:stream/consumers";
import { createSnapshotCommand, type Host, hosts } from "../index.ts";
import { callerVersion } from "../system/program-version.ts";
import { answerTo, wordsOf } from "./hook-answer.ts";

const [name = "", event = ""] = process.argv.slice(2);
const host: Host | undefined = Object.hasOwn(hosts, name)
	? hosts[name as keyof typeof hosts]
	: undefined;

if (host !== undefined) await handle(host);

async function handle(of: Host): Promise<void> {
	const snapshot = createSnapshotCommand(of);
	// Agents wait for their hooks: what nobody asked for goes on by itself.
	if (/start/i.test(event)) snapshot.startAutomatic("start", callerVersion());
	else if (/compact|compress/i.test(event))
		snapshot.startAutomatic("compaction", callerVersion());
	else {
		const words = wordsOf(await text(process.stdin), of.name);
		if (words === undefined) return;
		const reply = await snapshot.run(words);
		console.log(JSON.stringify(answerTo(of.name, reply)));
	}
}
