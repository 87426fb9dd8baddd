import { describe, expect, it } from "vitest";
import type { Machine } from "../support/memory-system.ts";
import { plainMachine, put, STORE } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

function withRemote(): Machine {
	const on = plainMachine();
	put(on, ".key", "secret");
	put(
		on,
		STORE.slice(STORE.lastIndexOf("/") + 1).concat("/config.json"),
		JSON.stringify({
			remotes: {
				offsite: {
					repository: "rest:https://ada:hunter2hunter2@host/",
					passwordFile: "/home/ada/.plain/.key",
				},
			},
		}),
	);
	return on;
}

describe("remote where restic cannot be used", () => {
	it.each([
		["is missing", "apt-get", undefined, "apt-get install restic"],
		["is missing", "brew", undefined, "brew install restic"],
		["is too old", "dnf", "restic 0.12.1 compiled", "restic 0.12, and 0.14"],
		["is none", "apk", "hello", "no restic that we know"],
	])("says what to type when it %s, with %s", async (_, installer, version, says) => {
		const on = withRemote();
		on.programs.set(installer, () => ({}));
		if (version !== undefined)
			on.programs.set("restic", () => ({ output: version }));
		const { exitCode, text } = await say(on, "remote list", TERMINAL);
		expect(exitCode).toBe(1);
		expect(text).toContain(says);
	});

	it.each([
		["remote list", "No repository elsewhere is set up"],
		["remote pish", "Did you mean push?"],
		["remote pull", "needs a snapshot"],
		["remote push 1 2", 'what to do with "2"'],
		["remote push --into x", "knows no --into"],
		["remote add sftp:host:/x", "--password-file"],
		["remote add x --password-file y --name a/b", "--name needs letters"],
		["remote add x --password-file y --name constructor", "take another"],
		['remote add "" --password-file y', "is no address"],
		["remote add local: --password-file y", "is no address"],
		["remote add '~/x' --password-file y", "is no address"],
		...["all", "200%", "0%", "0.0%", "5/3", "0/3", "1/257", "0K", "5"].map(
			(part): [string, string] => [
				`remote verify --read-data-subset ${part}`,
				"needs a part such as 5%",
			],
		),
		["remote", "remote needs an action"],
		[
			"remote add rest:http://ada:pw@h/ --password-file k",
			"RESTIC_REST_PASSWORD",
		],
		["remote add rclone:x,pass=pw:foo --password-file k", "holds a password"],
	])("%s is answered by what is wrong", async (words, says) => {
		const { exitCode, text } = await say(plainMachine(), words, TERMINAL);
		expect(exitCode).not.toBe(0);
		expect(text).toContain(says);
	});

	it.each([
		["in the agent's home", "/home/ada/.plain/backup", "lies in the home"],
		["among other things", "/home/ada/papers", "holds other things"],
		["in a file", "/home/ada/papers/letter.txt", "is no directory"],
	])("makes no repository %s", async (_, place, says) => {
		const on = withRemote();
		on.volume.mkdirSync("/home/ada/papers", { recursive: true });
		on.volume.writeFileSync("/home/ada/papers/letter.txt", "Dear Bob");
		const words = `remote add ${place} --name two --password-file /home/ada/k`;
		const { exitCode, text } = await say(on, words, TERMINAL);
		expect(exitCode).toBe(2);
		expect(text).toContain(says);
	});

	it("takes no name for a second repository", async () => {
		const words = "remote add sftp:host:/other --password-file /home/ada/k";
		const { exitCode, text } = await say(withRemote(), words, TERMINAL);
		expect(exitCode).toBe(1);
		expect(text).toContain('"offsite" is rest:https://••••@host/ already');
	});

	it("is not to be had in a chat, from where anyone could send all of it away", async () => {
		const { exitCode, text } = await say(withRemote(), "remote push");
		expect(exitCode).toBe(2);
		expect(text).toContain("is for a terminal");
	});
});

describe("status", () => {
	it("tells what is known of a repository elsewhere, without asking it and without its login", async () => {
		const on = withRemote();
		const noted = {
			formatVersion: 1,
			remotes: {
				offsite: {
					canDelete: true,
					lastFailure: {
						at: "2026-11-21T01:00:00.000Z",
						why: "rest:https://ada:hunter2hunter2@host/ cannot be reached.",
					},
				},
			},
		};
		put(on, "state-snapshots/.remotes.json", JSON.stringify(noted));
		const { text, data } = await say(on, "status", TERMINAL);
		expect(text).toContain("agent-snapshot remote push");
		expect(text).toMatch(/FAILED: rest:https:\/\/••••@host\/ cannot/);
		expect(text).toContain("whoever takes it over can, too");
		expect(JSON.stringify(data)).not.toContain("hunter2");
	});

	it("says nothing of it where none is set up", async () => {
		const { data, text } = await say(plainMachine(), "status", TERMINAL);
		expect(data.remotes).toEqual([]);
		expect(text).not.toContain("Elsewhere");
	});
});

/** What is typed there. */
const TERMINAL = { prefix: "agent-snapshot" };
