import { expect, it } from "vitest";
import type { KnownAgent } from "../../src/core/home/known-agent.ts";
import { create } from "../support/commands.ts";
import { HOME, plainHost, plainMachine } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

const OTHER = "/srv/other";

function known(name: string, home: string, isNamed: boolean): KnownAgent {
	return {
		host: { ...plainHost, name },
		places: { home, roots: {} },
		environment: isNamed ? { PLAIN_HOME: home } : {},
	};
}

it.each([
	// The usual home of the agent that is meant.
	["agent-snapshot", "agent-snapshot", false, "agent-snapshot install plain"],
	[
		"agent-snapshot --home /h",
		"agent-snapshot --home /h",
		true,
		"agent-snapshot --home /h install plain",
	],
	// What only the plugin brings is not there before it is installed.
	["plain snapshot", "plain snapshot", false, "agent-snapshot install plain"],
	[
		"plain snapshot",
		"plain snapshot",
		true,
		`agent-snapshot --host plain --home ${HOME} install plain`,
	],
	// A chat takes no install.
	["/snapshot", "agent-snapshot", false, "agent-snapshot install plain"],
	[
		"/snapshot",
		"agent-snapshot --host plain --home /h",
		true,
		"agent-snapshot --host plain --home /h install plain",
	],
])("doctor, called %s (in a terminal %s, its home named: %s), advises: %s", async (prefix, terminal, isNamed, advice) => {
	const on = plainMachine();
	const meant = known("plain", HOME, isNamed);
	const { text } = await say(on, "doctor plain", {
		...{ prefix, terminal, meant, known: [meant] },
	});
	expect(text).toContain(`is not installed in Plain from here: ${advice}\n`);
	expect(text).toContain(`there is no good snapshot: ${prefix} create\n`);
});

it("doctor of several names in each advice the agent that it is of", async () => {
	const on = plainMachine();
	on.volume.mkdirSync(OTHER, { recursive: true });
	const meant = known("plain", HOME, true);
	const prefix = "agent-snapshot --home /h";
	const { text } = await say(on, "doctor", {
		...{ prefix, terminal: prefix, meant },
		known: [meant, known("other", OTHER, false)],
	});
	const told = text.slice(text.indexOf(OTHER));
	expect(told).toContain(": agent-snapshot install other\n");
	expect(told).toContain(": agent-snapshot --host other create\n");
	expect(text).toContain(`: ${prefix} install plain\n`);
});

it.each([
	["/snapshot", "/snapshot export --full --no-secrets"],
	["agent-snapshot", "agent-snapshot export --full --passphrase"],
])("what no snapshot takes can be had, as %s takes it", async (prefix, advice) => {
	const on = plainMachine();
	await create(on);
	const how = { prefix, terminal: "agent-snapshot --home /h" };
	for (const verb of ["status", "doctor plain"])
		expect((await say(on, verb, how)).text).toContain(advice);
});
