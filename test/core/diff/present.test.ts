import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import { diffSnapshots } from "../../../src/core/diff/diff.ts";
import { type Agent, agentAt } from "../../../src/core/home/agent.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";
import { createNodeSystem } from "../../../src/system/node.ts";
import type { System } from "../../../src/system/system.ts";
import { changeRowsInWal } from "../../support/hermes-databases.ts";
import { makeHermesHome } from "../../support/hermes-home.ts";
import { root } from "../../support/paths.ts";
import { scratch } from "../../support/scratch.ts";

const REQUEST = {
	left: "1",
	right: undefined,
	path: undefined,
	rows: 5,
	isFull: true,
};

const OTHER = { label: null, reason: "manual", force: true } as const;

it("is the same where SQLite has to copy a live database, and leaves nothing behind", async () => {
	const agent = await changedHome();
	const raw = await diffSnapshots(agent, REQUEST);
	const before = fs.readdirSync(agent.store.directory);
	const copied = await diffSnapshots(
		withPins(agent, () => undefined),
		REQUEST,
	);

	expect(raw.differences).toHaveLength(1);
	expect(raw.differences[0]?.things).toMatchObject([
		{
			what: "message",
			is: "right",
			count: 2,
			within: { what: "session", count: 1 },
		},
	]);
	expect(copied.differences[0]?.things).toEqual(raw.differences[0]?.things);
	expect(fs.readdirSync(agent.store.directory)).toEqual(before);
});

it("keeps what SQLite copies while somebody else makes a snapshot", async () => {
	const agent = await changedHome();
	const { differences } = await diffSnapshots(
		withPins(
			agent,
			() => undefined,
			() => createSnapshot(agent, OTHER),
		),
		REQUEST,
	);
	expect(differences[0]?.things).toMatchObject([{ what: "message", count: 2 }]);
});

it("lets SQLite copy what somebody writes to past its locks", async () => {
	const agent = await changedHome();
	const doubtful = withPins(agent, (raw) => ({
		...raw,
		confirm() {
			throw Object.assign(new Error("not as pinned"), {
				code: "NOT_AS_PINNED",
			});
		},
	}));
	const { differences } = await diffSnapshots(doubtful, REQUEST);
	expect(differences[0]?.things).toMatchObject([{ what: "message", count: 2 }]);
});

type Raw = Awaited<ReturnType<System["sqlite"]["pin"]>>["raw"];

function withPins(
	agent: Agent,
	change: (raw: NonNullable<Raw>) => Raw,
	beforeCopy: () => Promise<unknown> = async () => {},
): Agent {
	const { sqlite } = agent.system;
	const pin: typeof sqlite.pin = async (file, patience) => {
		const pinned = await sqlite.pin(file, patience);
		return {
			...pinned,
			raw: pinned.raw && change(pinned.raw),
			async copyTo(...to: Parameters<typeof pinned.copyTo>) {
				await beforeCopy();
				await pinned.copyTo(...to);
			},
		};
	};
	return { ...agent, system: { ...agent.system, sqlite: { ...sqlite, pin } } };
}

/** With two rows that stand in the log only. */
async function changedHome(): Promise<Agent> {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	const agent = agentAt({
		system: createNodeSystem(root),
		host: hermes,
		home,
		patience: { signal: new AbortController().signal, deadline: undefined },
		waitMilliseconds: 0,
	});
	await createSnapshot(agent, OTHER);
	changeRowsInWal(
		path.join(home, "state.db"),
		"INSERT INTO messages (session_id, role, content, timestamp) SELECT id, 'user', 'one', 2 FROM sessions LIMIT 1",
		"INSERT INTO messages (session_id, role, content, timestamp) SELECT id, 'user', 'two', 3 FROM sessions LIMIT 1",
	);
	return agent;
}
