/**
 * `npm run demo`: a chat with an agent that is alive, an update that ruins its home, and the way back. Needs no agent
 * on the machine. The replies are real; what is said about disk and database is measured, and must be as claimed.
 */
import { type DemoAgent, startDemoAgent } from "./demo-agent.ts";
import { type Facts, holdsLock, isSeen, measureFacts } from "./demo-facts.ts";
import { MODEL, makeDemoHome } from "./demo-home.ts";
import { OTHER_MODEL, ruinWithUpdate } from "./demo-update.ts";
import { showAgent, showFact, showPerson, showStory } from "./transcript.ts";

const started = performance.now();
const { home, remove } = makeDemoHome();
const claims = { made: 0, failed: 0 };
let locksAreVisible = false;
// The agent ends by itself when we do: its input closes.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
	process.once(signal, () => {
		remove();
		process.exit(130);
	});
try {
	const agent = await startDemoAgent(home);
	try {
		await tell(agent);
	} finally {
		await agent.stop();
	}
	claim("the agent", agent.isAlive() ? "still there" : "stopped", "stopped");
} finally {
	remove();
}
conclude();

async function tell(agent: DemoAgent): Promise<void> {
	showStory(
		`A small Hermes home, made up: ${home}\nIts agent is alive: process ${agent.pid} holds state.db open (WAL) and commits messages to it.`,
	);
	locksAreVisible = holdsLock(home, agent.pid);
	await write(agent, "The water is on.");
	claimFacts(good(12));

	await type(agent, "/snapshot create before upgrade");
	await write(agent, "The water is off again.");
	claimFacts(good(13));

	showStory("An update goes wrong, and the agent goes on writing.");
	ruinWithUpdate(home);
	await write(agent, "Good evening. Have we met?");
	claimFacts(ruined(4));

	await type(agent, "/snap list");
	await type(agent, "/snapshot restore 1 --dry-run");
	claimFacts(ruined(4));

	await type(agent, "/snapshot restore 1");
	claimFacts(restored(12));
	await write(agent, "I remember everything.");

	await type(agent, "/snapshot undo");
	claimFacts(ruined(4));
	await write(agent, "Whatever you say.");

	showStory("Undo again is redo, with all that was written in the meantime.");
	await type(agent, "/snapshot undo");
	claimFacts(restored(13));
	claimSeen(agent, "I remember everything.");
	await write(agent, "All is well.");
}

async function type(agent: DemoAgent, text: string): Promise<void> {
	showPerson(text);
	const reply = await agent.command(text.replace(/^\/snap(shot)? /, ""));
	showAgent(reply.text);
	if (reply.exitCode !== 0) claim("exit code", String(reply.exitCode), "0");
}

/** Elsewhere the commit after somebody else opened and closed the database is the one that is lost. */
async function write(agent: DemoAgent, message: string): Promise<void> {
	isSeen(home, message);
	await agent.say(message);
	claimSeen(agent, message);
}

function claimSeen(agent: DemoAgent, message: string): void {
	const place = `agent ${agent.pid}`;
	const life = agent.isAlive() ? "alive" : "ended";
	const sight = isSeen(home, message) ? "sees" : "does not see";
	const text = (life: string, sight: string) =>
		`${life}; another process ${sight} its "${message}"`;
	claim(place, text(life, sight), text("alive", "sees"));
	if (!locksAreVisible) return;
	const held = "its lock on state.db is held";
	claim(place, holdsLock(home, agent.pid) ? held : "its lock is lost", held);
}

function claimFacts(wanted: Facts): void {
	for (const [place, measured] of Object.entries(measureFacts(home)))
		claim(place, measured, wanted[place] ?? "");
}

function claim(place: string, measured: string, wanted: string): void {
	claims.made++;
	if (measured !== wanted) claims.failed++;
	showFact(place, measured, wanted);
}

function good(messages: number): Facts {
	return {
		"state.db": `${messages} messages, integrity ok`,
		"config.yaml": `model ${MODEL}`,
		"cron/jobs.json": "3 jobs",
		"pairing/": "telegram-approved.json",
		"auth.json": "login the-first",
	};
}

function ruined(messages: number): Facts {
	return {
		"state.db": `${messages} messages, integrity ok`,
		"config.yaml": `model ${OTHER_MODEL}`,
		"cron/jobs.json": "0 jobs",
		"pairing/": "discord-approved.json, telegram-approved.json",
		"auth.json": "login the-renewed",
	};
}

/** A restore leaves the login as it is: the older token is worthless. */
function restored(messages: number): Facts {
	return { ...good(messages), "auth.json": "login the-renewed" };
}

function conclude(): void {
	const { made, failed } = claims;
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	showStory(
		failed === 0
			? `All ${made} facts were as claimed, in ${seconds} s. The agent is stopped, its home removed.`
			: `${failed} of ${made} facts were not as claimed: see ✗ above. The agent is stopped, its home removed.`,
	);
	process.exitCode = failed === 0 ? 0 : 1;
}
