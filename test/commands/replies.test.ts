import { beforeAll, describe, expect, it } from "vitest";
import { type Machine, machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

beforeAll(() => {
	process.env.TZ = "UTC";
});

/** The last reply to a row of commands, an hour before each; a function changes the home in between. */
async function reply(
	on: Machine,
	...story: (string | ((on: Machine) => void))[]
): Promise<string> {
	let text = "";
	for (const part of story) {
		if (typeof part !== "string") {
			part(on);
			continue;
		}
		on.clock.advance(3_600_000);
		text = (await say(on, part)).text;
	}
	return text;
}

const changeConfig = (on: Machine) => put(on, "config.yaml", "model: two");
const rotateToken = (on: Machine) => put(on, "token.json", '{"refresh":"2"}');

describe("create says", () => {
	it("what it made, and how to put it back", async () => {
		expect(
			await reply(plainMachine(), "create before upgrade"),
		).toMatchInlineSnapshot(`
			"Snapshot 1 created: 20261121-021402-before-upgrade
			6 files, 167 B, in 0.0 s; the first one.
			Put it back with: /snapshot restore 20261121-021402-before-upgrade"
		`);
	});

	it("what is new since the last one", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				changeConfig,
				rotateToken,
				"create second",
			),
		).toMatchInlineSnapshot(`
			"Snapshot 1 created: 20261121-031402-second
			6 files, 162 B, in 0.0 s; new since the last one: config.yaml, token.json.
			Put it back with: /snapshot restore 20261121-031402-second"
		`);
	});

	it("that nothing has changed", async () => {
		expect(
			await reply(plainMachine(), "create", "create again"),
		).toMatchInlineSnapshot(`
			"Nothing has changed since snapshot 1 (20261121-021402), so none was made.
			Put it back with: /snapshot restore 20261121-021402    Make one all the same: /snapshot create --force again"
		`);
	});

	it("that the newest one is damaged, where that is why it made another", async () => {
		const harm = ({ volume }: Machine) =>
			volume.unlinkSync(`${STORE}/20261121-021402/config.yaml`);
		expect(
			await reply(plainMachine(), "create", harm, "create again"),
		).toMatchInlineSnapshot(`
			"Snapshot 20261121-021402 is damaged: config.yaml is missing, so a new one was made.
			Snapshot 1 created: 20261121-031402-again
			6 files, 167 B, in 0.0 s; nothing new since the last one.
			Put it back with: /snapshot restore 20261121-031402-again"
		`);
	});

	it("loudly that it is incomplete", async () => {
		const ruin = (on: Machine) => put(on, "state.db", Buffer.alloc(200));
		expect(
			await reply(plainMachine(), "create", ruin, "create"),
		).toMatchInlineSnapshot(`
			"WARNING: INCOMPLETE. 1 file could not be saved in 20261121-031402:
			  state.db: the database is all zeros
			Everything else was saved. No older snapshot was removed.
			Snapshot 1 created: 20261121-031402
			5 files, 55 B, in 0.0 s; nothing new since the last one.
			Put it back with: /snapshot restore 20261121-031402"
		`);
	});

	it("nowhere that what could not be saved is gone", async () => {
		const ruin = (on: Machine) => putDatabase(on, "state.db", "MALFORMED");
		expect(await reply(plainMachine(), "create", ruin, "create")).not.toContain(
			"gone",
		);
	});

	it("what it saved only as a link", async () => {
		const link = ({ volume }: Machine) =>
			volume.symlinkSync("/etc/hosts", `${HOME}/letters/hosts`);
		expect(await reply(plainMachine(), link, "create")).toMatchInlineSnapshot(`
			"Snapshot 1 created: 20261121-021402
			6 files, 167 B, in 0.0 s; the first one.
			Saved as links, without what they point at: letters/hosts.
			Put it back with: /snapshot restore 20261121-021402"
		`);
	});

	it("that a database behind a link is not in it, and what to do", async () => {
		const move = ({ volume }: Machine) => {
			volume.mkdirSync("/big");
			volume.renameSync(`${HOME}/state.db`, "/big/state.db");
			volume.symlinkSync("/big/state.db", `${HOME}/state.db`);
		};
		expect(
			await reply(plainMachine(), "create", move, "create"),
		).toMatchInlineSnapshot(`
			"WARNING: INCOMPLETE. 1 file could not be saved in 20261121-031402:
			  state.db: it is a link, and what it leads to is not taken: /big/state.db
			Everything else was saved. No older snapshot was removed.
			Snapshot 1 created: 20261121-031402
			5 files, 55 B, in 0.0 s; nothing new since the last one.
			No link is followed. Move the database back into the home, which may itself be a link to a bigger disk; or copy it yourself, and name the link under "exclude" in state-snapshots/config.json.
			Put it back with: /snapshot restore 20261121-031402"
		`);
	});

	it("that it forced one, and that it is an updater's", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				"create --force --reason pre-update",
			),
		).toMatchInlineSnapshot(`
			"Snapshot 1 created: 20261121-031402-pre-update
			6 files, 167 B, in 0.0 s; nothing new since the last one.
			Put it back with: /snapshot restore 20261121-031402-pre-update"
		`);
	});
});

describe("list says", () => {
	it("that there are none yet", async () => {
		expect(await reply(plainMachine(), "")).toMatchInlineSnapshot(`
			"No snapshots yet.
			Make one with: /snapshot create [label]"
		`);
	});

	it("all that is to be known of each", async () => {
		const rest = (on: Machine) => {
			put(on, "state-snapshots/20261121-100000-ruined/manifest.json", "{");
			putDatabase(on, "state.db", "MALFORMED");
		};
		expect(
			await reply(
				plainMachine(),
				"create before the upgrade",
				changeConfig,
				"create --reason pre-update",
				"restore 2",
				rest,
				'create "evil \u001b[2J label"',
				"list",
			),
		).toMatchInlineSnapshot(`
			"   #  When                        Files   Size   Alone  Label
			   1  1 hour ago (21 Nov 05:14)       5   55 B  2.2 KB  evil \\u001b[2J label [INCOMPLETE]
			undo  2 hours ago (21 Nov 04:14)      6  166 B  2.6 KB  20261121-041402-before-restore
			   2  3 hours ago (21 Nov 03:14)      6  166 B  2.5 KB  pre-update
			   3  4 hours ago (21 Nov 02:14)      6  167 B  2.5 KB  before the upgrade
			Damaged, and not to be restored: 20261121-100000-ruined.
			Put one back with: /snapshot restore <number>"
		`);
	});

	it("how many are not shown", async () => {
		expect(
			await reply(
				plainMachine(),
				"create one",
				"create two --force",
				"create three --force",
				"list --limit 2",
			),
		).toMatchInlineSnapshot(`
			"#  When                        Files   Size   Alone  Label
			1  1 hour ago (21 Nov 04:14)       6  167 B  2.5 KB  three
			2  2 hours ago (21 Nov 03:14)      6  167 B  2.5 KB  two
			1 older snapshot not shown: /snapshot list --all
			Put one back with: /snapshot restore <number>"
		`);
	});
});

describe("restore says", () => {
	it("what it put back, and how to take that back", async () => {
		expect(
			await reply(
				plainMachine(),
				"create before upgrade",
				changeConfig,
				"restore 1",
			),
		).toMatchInlineSnapshot(`
			"Restored snapshot 1 (20261121-021402-before-upgrade) from 1 hour ago (21 Nov 02:14).
			Put back 1 item: config.yaml.
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("what it left alone, and why", async () => {
		const run = (on: Machine) => put(on, "running.json", '{"pid":2}');
		expect(
			await reply(
				plainMachine(),
				"create",
				changeConfig,
				rotateToken,
				run,
				"restore 1",
			),
		).toMatchInlineSnapshot(`
			"Restored snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14).
			Put back 1 item: config.yaml.
			Left alone: running.json (it describes running processes); token.json (an old login token would end the login). To put back all the same: --include token.json
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("what it would do", async () => {
		const more = (on: Machine) => put(on, "letters/new.txt", "x", 0o644);
		const mode = ({ volume }: Machine) =>
			volume.chmodSync(`${HOME}/letters/ada.txt`, 0o644);
		expect(
			await reply(
				plainMachine(),
				"create",
				changeConfig,
				more,
				mode,
				"restore 1 --dry-run",
			),
		).toMatchInlineSnapshot(`
			"To restore snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14) would:
			Put back 1 item: config.yaml.
			Remove 1 item: letters/new.txt.
			Set modes or times of 1 item: letters/ada.txt.
			That means:
			  config.yaml: model two → one
			Nothing was changed."
		`);
	});

	it("what the snapshot lacks", async () => {
		const ruin = (on: Machine) => put(on, "state.db", Buffer.alloc(200));
		const mend = (on: Machine) => putDatabase(on, "state.db", "mended");
		expect(
			await reply(
				plainMachine(),
				ruin,
				"create",
				mend,
				changeConfig,
				"restore 1",
			),
		).toMatchInlineSnapshot(`
			"Restored snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14).
			Put back 1 item: config.yaml.
			Left alone: state.db (not in the snapshot: the database is all zeros).
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("that what could not be read cannot be taken back", async () => {
		const ruin = (on: Machine) => put(on, "state.db", Buffer.alloc(200));
		expect(
			await reply(plainMachine(), "create", ruin, "restore 1"),
		).toMatchInlineSnapshot(`
			"Restored snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14).
			Put back 1 item: state.db.
			Moved to state-snapshots/quarantine, because unreadable, 1 item: state.db.
			Restart Plain to load it.
			It cannot be taken back: what was there could not be read, and is in state-snapshots/quarantine."
		`);
		expect(
			await reply(plainMachine(), "create", ruin, changeConfig, "restore 1"),
		).toContain("Take it back with: /snapshot undo");
	});

	it("that there is nothing to do", async () => {
		expect(
			await reply(plainMachine(), "create", "restore latest"),
		).toMatchInlineSnapshot(
			`"Everything is already as in snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14). Nothing was changed."`,
		);
	});

	it("that there is no undo, as was asked", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				changeConfig,
				"restore 1 --no-undo",
			),
		).toMatchInlineSnapshot(`
			"Restored snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14).
			Put back 1 item: config.yaml.
			Restart Plain to load it.
			There is no undo for it, as you asked."
		`);
	});
});

describe("undo says", () => {
	it("what it took back", async () => {
		expect(
			await reply(plainMachine(), "create", changeConfig, "restore 1", "undo"),
		).toMatchInlineSnapshot(`
			"Took back the restore of 20261121-021402: all is again as it was 1 hour ago (21 Nov 03:14).
			Put back 1 item: config.yaml.
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("that there is nothing to undo", async () => {
		expect(
			await reply(plainMachine(), "create", "undo"),
		).toMatchInlineSnapshot(`
			"There is no restore to undo. Nothing was changed.
			See /snapshot list."
		`);
	});
});

describe("show says", () => {
	it("what one holds, and what it costs", async () => {
		const on = plainMachine();
		put(
			on,
			"state-snapshots/config.json",
			'{"partsFromBytes": 300000, "reserveBytes": 0}',
		);
		put(on, "letters/large.txt", "x".repeat(600_000));
		expect(
			await reply(on, "create one", changeConfig, "create two", "show 2"),
		).toMatchInlineSnapshot(`
			"Snapshot 2: 20261121-021402-one
			Label: one
			Made 2 hours ago (21 Nov 02:14), manual.
			Complete. All of one moment.
			7 files, 600 KB. Alone it costs 3.0 KB of the disk: its removal would make that free.
			Never tried by a drill.
			The largest:
			  letters/large.txt  600 KB  alone 0 B  kept in 3 parts of 256 KiB
			  state.db           112 B   alone 0 B  database
			  token.json         19 B    alone 0 B
			  and 4 files more: /snapshot show 2 --full
			Put it back with: /snapshot restore 20261121-021402-one"
		`);
	});

	it("what one lacks", async () => {
		const ruin = (on: Machine) => putDatabase(on, "state.db", "MALFORMED");
		expect(
			await reply(plainMachine(), ruin, "create bad", "show latest"),
		).toMatchInlineSnapshot(`
			"Snapshot 1: 20261121-021402-bad
			Label: bad
			Made 1 hour ago (21 Nov 02:14), manual.
			INCOMPLETE: it lacks state.db. All of one moment.
			5 files, 55 B. Alone it costs 2.2 KB of the disk: its removal would make that free.
			Never tried by a drill.
			The largest:
			  token.json    19 B  alone 19 B
			  config.yaml   11 B  alone 11 B
			  running.json  9 B   alone 9 B
			  and 2 files more: /snapshot show 1 --full
			Put it back with: /snapshot restore 20261121-021402-bad"
		`);
	});
});

describe("compact and export say", () => {
	const whole = (on: Machine) =>
		put(on, "state-snapshots/config.json", '{"partsFromBytes": 1e9}');
	const parts = (on: Machine) =>
		put(on, "state-snapshots/config.json", '{"partsFromBytes": 300000}');
	const large = (on: Machine) =>
		put(on, "letters/large.txt", `${"x".repeat(600_000)}${on.clock.now()}`);
	const story = [whole, large, "create one", large, "create two", parts];

	it("what would become free, and what became", async () => {
		expect(
			await reply(plainMachine(), ...story, "compact --dry-run"),
		).toMatchInlineSnapshot(`
			"Would compact 2 snapshots, and make about 524 KB free.
			Nothing was changed. To do it: /snapshot compact"
		`);
		expect(
			await reply(plainMachine(), ...story, "compact"),
		).toMatchInlineSnapshot(`"Compacted 2 snapshots: 524 KB became free."`);
		expect(
			await reply(plainMachine(), "create", "compact"),
		).toMatchInlineSnapshot(
			`"Nothing to compact: snapshots share what they can."`,
		);
	});

	it("what was left, and why", async () => {
		const harm = ({ volume }: Machine) =>
			volume.unlinkSync(`${STORE}/20261121-021402-one/config.yaml`);
		expect(
			await reply(plainMachine(), ...story, harm, "compact"),
		).toMatchInlineSnapshot(`
			"Compacted 1 snapshot: nothing yet became free.
			Left as it is: Snapshot 20261121-021402-one is damaged: config.yaml is missing."
		`);
	});

	it("that a compact was interrupted", async () => {
		const half = ({ volume }: Machine) => {
			volume.mkdirSync(`${STORE}/.compacting/old`, { recursive: true });
			volume.renameSync(
				`${STORE}/20261121-021402`,
				`${STORE}/.compacting/old/20261121-021402`,
			);
		};
		const on = plainMachine();
		expect(await reply(on, "create", half, "list")).toMatchInlineSnapshot(`
			"A compact was interrupted: /snapshot recover brings back 20261121-021402.
			No snapshots yet.
			Make one with: /snapshot create [label]"
		`);
		expect(await reply(on, "create", "list")).toMatchInlineSnapshot(`
			"#  When                        Files   Size   Alone  Label
			1  3 hours ago (21 Nov 02:14)      6  167 B  2.6 KB  20261121-021402
			Put one back with: /snapshot restore <number>"
		`);
	});

	it("where the copy is", async () => {
		expect(
			await reply(plainMachine(), "create one", "export 1 --plain"),
		).toMatchInlineSnapshot(`
			"Exported 20261121-021402-one as plain files, a snapshot of its own: 20261121-021402-one-plain
			6 files, 167 B, each whole and compared with its hash. Any program can copy them; stop the agent before a database is put back so.
			Put it back with: /snapshot restore 20261121-021402-one-plain"
		`);
		expect(
			await reply(plainMachine(), "create one", "export 1"),
		).toMatchInlineSnapshot(`
			"The archive would hold secrets that anybody can read: token.json. Nothing was written.
			Encrypt it: --encrypt-to age1… or --passphrase-file FILE. Or leave them out: --no-secrets. Or have it so: --no-encrypt."
		`);
	});
});

describe("status says", () => {
	it("what all take together", async () => {
		expect(
			await reply(plainMachine(), "create", changeConfig, "create", "status"),
		).toMatchInlineSnapshot(`
			"Newest good snapshot: 20261121-031402, 1 hour ago (21 Nov 03:14); never verified (/snapshot verify).
			2 snapshots of 333 B in all, which take 5.1 KB of the disk, in /home/ada/.plain/state-snapshots.
			Never drilled. Whether a restore would work shows: /snapshot drill
			In no snapshot: 1 file: diary.txt. To have them: "include" in the settings, or /snapshot export --full --no-secrets
			Plain has 6 files of 166 B to keep. Running: no."
		`);
	});
});

describe("prune says", () => {
	const three = ["create", "create --force", "create --force"];

	it("what went, and why", async () => {
		expect(
			await reply(plainMachine(), ...three, "prune 1"),
		).toMatchInlineSnapshot(`
			"Removed 2 snapshots, kept 1; 4.9 KB became free:
			  20261121-031402: beyond last 1
			  20261121-021402: beyond last 1"
		`);
	});

	it("what would go, and the command that does it", async () => {
		expect(
			await reply(plainMachine(), ...three, "prune 1 --dry-run"),
		).toMatchInlineSnapshot(`
			"Would remove 2 snapshots, and make 4.9 KB free:
			#  When                               Why            Snapshot
			1  1 hour ago (21 Nov 04:14)   stays  last 1         20261121-041402
			2  2 hours ago (21 Nov 03:14)  goes   beyond last 1  20261121-031402
			3  3 hours ago (21 Nov 02:14)  goes   beyond last 1  20261121-021402
			Nothing was changed. To do it: /snapshot prune 1"
		`);
	});

	it("that there is nothing to prune", async () => {
		expect(await reply(machineWithHome(), "prune")).toMatchInlineSnapshot(
			`"Nothing to prune: 0 snapshots kept."`,
		);
	});

	function machineWithHome(): Machine {
		const on = machine();
		on.volume.mkdirSync(HOME, { recursive: true });
		return on;
	}
});

const migrate = (on: Machine) => {
	putDatabase(on, "state.db", "version 2, eleven messages");
	on.holders = new Map([
		[`${HOME}/state.db`, [{ pid: 7, command: "plain", isGone: false }]],
	]);
};
const stopAgent = (on: Machine) => {
	on.holders = new Map();
};

describe("a restore of some of it says", () => {
	it("what it put back, and of what", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				changeConfig,
				"restore 1 ./config.yaml letters/",
			),
		).toMatchInlineSnapshot(`
			"Restored config.yaml, letters of snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14).
			Put back 1 item: config.yaml.
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("that it is already so", async () => {
		expect(
			await reply(plainMachine(), "create", changeConfig, "restore 1 letters/"),
		).toMatchInlineSnapshot(
			`"letters is already as in snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14). Nothing was changed."`,
		);
	});

	it("what it would do", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				changeConfig,
				`restore 1 ${HOME}/config.yaml --dry-run`,
			),
		).toMatchInlineSnapshot(`
			"To restore config.yaml of snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14) would:
			Put back 1 item: config.yaml.
			That means:
			  config.yaml: model two → one
			Nothing was changed."
		`);
	});

	it("what is not in it", async () => {
		expect(
			await reply(plainMachine(), "create", "restore 1 ada.txt"),
		).toMatchInlineSnapshot(`
			"There is no "ada.txt" in snapshot 20261121-021402. Nothing was changed.
			Did you mean letters/ada.txt?"
		`);
	});
});

describe("a restore at the next start says", () => {
	it("why it is offered", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				migrate,
				"restore 1 config.yaml state.db",
			),
		).toMatchInlineSnapshot(`
			"state.db in this snapshot is made differently (its user_version is 0 and not 2), and plain (process 7) has it open. Nothing was changed.
			Stop Plain and do it again, or have it done before its next start: /snapshot restore 20261121-021402 config.yaml state.db --at-next-start."
		`);
	});

	it("what to do now", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				migrate,
				"restore 1 --at-next-start",
			),
		).toMatchInlineSnapshot(`
			"Nothing was changed yet. To restore snapshot 1 (20261121-021402) from 1 hour ago (21 Nov 02:14):
			Stop Plain, run "agent-snapshot recover" in a terminal, and start Plain again.
			Forget it with: /snapshot recover --cancel"
		`);
	});

	it("in the list, that it waits", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				migrate,
				"restore 1 --at-next-start",
				"list",
			),
		).toMatchInlineSnapshot(`
			"A restore of 20261121-021402 waits: stop Plain, run "agent-snapshot recover" in a terminal, start Plain.
			#  When                        Files   Size   Alone  Label
			1  2 hours ago (21 Nov 02:14)      6  167 B  2.6 KB  20261121-021402
			Put one back with: /snapshot restore <number>"
		`);
	});

	it("that the agent still runs", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				migrate,
				"restore 1 --at-next-start",
				"recover",
			),
		).toMatchInlineSnapshot(`
			"The restore of 20261121-021402 that waits for the next start of Plain could not be done: state.db in this snapshot is made differently (its user_version is 0 and not 2), and plain (process 7) has it open. Nothing was changed.
			Stop Plain and run /snapshot recover again. /snapshot recover --cancel forgets it."
		`);
	});

	it("what it did", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				migrate,
				"restore 1 --at-next-start",
				stopAgent,
				"recover",
			),
		).toMatchInlineSnapshot(`
			"Restored snapshot 1 (20261121-021402) from 2 hours ago (21 Nov 02:14).
			Put back 1 item: state.db.
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("that another one took its place", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				migrate,
				"restore 1 --at-next-start",
				"create another",
				"restore 1 --at-next-start",
				stopAgent,
				changeConfig,
				"restore 2",
			),
		).toMatchInlineSnapshot(`
			"Restored snapshot 2 (20261121-021402) from 4 hours ago (21 Nov 02:14).
			Put back 2 items: config.yaml, state.db.
			The restore of 20261121-041402-another that waited for the next start is forgotten.
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it("that it is forgotten", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				"restore 1 --at-next-start",
				"recover --cancel",
			),
		).toMatchInlineSnapshot(
			`"The restore of 20261121-021402 is forgotten. Nothing was changed in the agent's home."`,
		);
		expect(
			await reply(plainMachine(), "create", "recover --cancel"),
		).toMatchInlineSnapshot(
			`"No restore waits for the next start. Nothing was changed."`,
		);
	});

	it("that it cannot be tried out at the same time", async () => {
		expect(
			await reply(
				plainMachine(),
				"create",
				"restore 1 --at-next-start --dry-run",
			),
		).toMatchInlineSnapshot(`
			"--dry-run and --at-next-start exclude each other. Nothing was changed.
			Usage: /snapshot restore <number|id|latest> [path …]"
		`);
	});
});

describe("prune with rules says", () => {
	const days = ["create one", "create --force two", "create --force three"];

	it("of each what keeps it", async () => {
		expect(
			await reply(
				plainMachine(),
				...days,
				"pin 3",
				"prune --keep-daily 1 --keep-within 90m --dry-run",
			),
		).toMatchInlineSnapshot(`
			"Nothing to prune: 3 snapshots kept.
			#  When                               Why                  Snapshot
			1  2 hours ago (21 Nov 04:14)  stays  daily 1, within 90m  20261121-041402-three
			2  3 hours ago (21 Nov 03:14)  stays  within 90m           20261121-031402-two
			3  4 hours ago (21 Nov 02:14)  stays  pinned               20261121-021402-one"
		`);
	});

	it("of many first what would go", async () => {
		const many = Array.from({ length: 25 }, () => "create --force");
		expect(
			await reply(plainMachine(), ...many, "prune 17 --dry-run"),
		).toMatchInlineSnapshot(`
			"Would remove 3 snapshots, and make 7.4 KB free:
			#   When                                Why             Snapshot
			1   1 hour ago (22 Nov 02:14)    stays  last 1          20261122-021402
			2   2 hours ago (22 Nov 01:14)   stays  last 2          20261122-011402
			3   3 hours ago (22 Nov 00:14)   stays  last 3          20261122-001402
			4   4 hours ago (21 Nov 23:14)   stays  last 4          20261121-231402
			5   5 hours ago (21 Nov 22:14)   stays  last 5          20261121-221402
			18  18 hours ago (21 Nov 09:14)  goes   beyond last 17  20261121-091402
			19  19 hours ago (21 Nov 08:14)  goes   beyond last 17  20261121-081402
			20  20 hours ago (21 Nov 07:14)  goes   beyond last 17  20261121-071402
			and 12 more: /snapshot prune 17 --dry-run --all
			Nothing was changed. To do it: /snapshot prune 17"
		`);
	});

	it("of all of them, when asked", async () => {
		const many = Array.from({ length: 25 }, () => "create --force");
		const all = await reply(plainMachine(), ...many, "prune 2 --dry-run --all");
		expect(all.split("\n")).toHaveLength(23);
	});

	it.each([
		["prune 5 --keep-last 6", "say the same twice"],
		["prune --keep-daily 0", "--keep-daily must be a whole number from 1"],
		["prune --keep-within soon", "--keep-within must be a time such as"],
		["prune --keep-within 0h", "--keep-within must be a time such as"],
	])("of %s that it makes no sense", async (words, why) => {
		const text = await reply(plainMachine(), "create", words);
		expect(text).toContain(why);
		expect(text).toContain("Nothing was changed.");
	});
});

describe("pin, unpin and label say", () => {
	it("what is so now", async () => {
		const on = plainMachine();
		const texts = [
			await reply(on, "create one", "pin 1 before the move"),
			await reply(on, "pin 1"),
			await reply(on, "list"),
			await reply(on, "show 1"),
			await reply(on, "unpin 1"),
			await reply(on, "unpin 1"),
			await reply(on, "label 1 the good one"),
			await reply(on, "label 1 the good one"),
			await reply(on, 'label 1 ""'),
		];
		expect(texts.join("\n\n")).toMatchInlineSnapshot(`
			"Pinned snapshot 1 (20261121-021402-one) from 1 hour ago (21 Nov 02:14): no rule removes it.
			Note: before the move
			Take the pin off with: /snapshot unpin 20261121-021402-one

			Pinned already: snapshot 1 (20261121-021402-one) from 2 hours ago (21 Nov 02:14). Nothing was changed.
			Note: before the move
			Take the pin off with: /snapshot unpin 20261121-021402-one

			#  When                        Files   Size   Alone  Label
			1  3 hours ago (21 Nov 02:14)      6  167 B  2.7 KB  one [pinned]
			Put one back with: /snapshot restore <number>

			Snapshot 1: 20261121-021402-one
			Label: one
			Pinned: before the move
			Made 4 hours ago (21 Nov 02:14), manual.
			Complete. All of one moment.
			6 files, 167 B. Alone it costs 2.7 KB of the disk: its removal would make that free.
			Never tried by a drill.
			The largest:
			  state.db    112 B  alone 112 B  database
			  token.json  19 B   alone 19 B
			  and 4 files more: /snapshot show 1 --full
			Put it back with: /snapshot restore 20261121-021402-one

			Took the pin off snapshot 1 (20261121-021402-one) from 5 hours ago (21 Nov 02:14): it goes when the rules say so.
			What the rules say: /snapshot prune --dry-run

			Not pinned: snapshot 1 (20261121-021402-one) from 6 hours ago (21 Nov 02:14). Nothing was changed.
			What the rules say: /snapshot prune --dry-run

			Snapshot 1 (20261121-021402-one) from 7 hours ago (21 Nov 02:14) is labelled: the good one
			Its id stays as it is.

			Snapshot 1 (20261121-021402-one) from 8 hours ago (21 Nov 02:14) is labelled: the good one
			It was so before. Nothing was changed.

			Snapshot 1 (20261121-021402-one) from 9 hours ago (21 Nov 02:14) has no label now
			Its id stays as it is."
		`);
	});

	it("nothing that moves a cursor, whatever the words", async () => {
		const isOdd = (text: string) => /[^\n -~…–]/u.test(text);
		const on = plainMachine();
		await reply(on, "create one");
		for (const words of ["pin 1 \u001b[2Jx\u202e", "label 1 \u001b[2Jx\u202e"])
			expect(isOdd(await reply(on, words))).toBe(false);
		expect(isOdd(await reply(on, "show 1"))).toBe(false);
	});
});

describe("remove says", () => {
	it("what would go, and then what went", async () => {
		const on = plainMachine();
		const texts = [
			await reply(on, "create one", "create --force two", "remove 2"),
			await reply(on, "remove 2 --yes"),
			await reply(on, "remove 1"),
			await reply(on, "remove 1 --force"),
			await reply(on, "pin 1", "remove 1 --yes"),
			await reply(on, "unpin 1", "remove 1 --force --yes"),
		];
		expect(texts.join("\n\n")).toMatchInlineSnapshot(`
			"To remove snapshot 2 (20261121-021402-one) from 2 hours ago (21 Nov 02:14) would make 2.5 KB free. 1 other stays. It cannot be taken back.
			Nothing was changed. To do it: /snapshot remove 20261121-021402-one --yes

			Removed snapshot 2 (20261121-021402-one) from 3 hours ago (21 Nov 02:14); 2.5 KB became free. 1 other stays.

			20261121-031402-two is the last good snapshot: no other one is complete and sound. Nothing was changed.
			Make another with /snapshot create. To remove it all the same: /snapshot remove 20261121-031402-two --force --yes

			To remove snapshot 1 (20261121-031402-two) from 4 hours ago (21 Nov 03:14) would make 2.6 KB free. No other one is there. It cannot be taken back.
			Nothing was changed. To do it: /snapshot remove 20261121-031402-two --force --yes

			20261121-031402-two is pinned. Nothing was changed.
			First take the pin off: /snapshot unpin 20261121-031402-two

			Removed snapshot 1 (20261121-031402-two) from 8 hours ago (21 Nov 03:14); 2.6 KB became free. No other one is there."
		`);
	});
});

describe("recover says", () => {
	it("that there is nothing to recover", async () => {
		expect(await reply(plainMachine(), "recover")).toMatchInlineSnapshot(
			`"No restore was interrupted, and none waits for the next start: there is nothing to recover."`,
		);
	});
});

describe("help says", () => {
	it("what there is", async () => {
		expect(await reply(plainMachine(), "help")).toMatchInlineSnapshot(`
			"Save, list, restore and prune snapshots of this agent's state.
			  create   Take a snapshot: settings, memory, databases, logins
			  list     List the snapshots, newest first
			  show     Show what is in a snapshot, or one file of it (secrets hidden)
			  ls       List the files in a snapshot; without one, the snapshots
			  cat      Print a file of a snapshot as it was saved
			  diff     Show what a restore would change, or how two snapshots differ
			  restore  Go back to a snapshot, with all of it or some files; can be undone
			  undo     Take the last restore back; once more: do it again
			  prune    Remove old snapshots, keeping the newest N (default 20)
			  pin      Protect a snapshot from being pruned, with a note why
			  unpin    Take the pin off a snapshot, and its note
			  label    Give a snapshot another label; its id stays
			  remove   Remove one snapshot: shows what that frees and asks, or --yes
			  compact  Make old snapshots smaller: what did not change is kept once
			  export   Pack a snapshot, or the present, into one file for another disk or machine
			  import   Bring an agent back from an archive, here or on a new machine
			  recover  Finish a restore that was interrupted or waits for a start
			  auto     Take a snapshot by itself if one is due: for plugins and timers
			  status   Tell how safe you are: newest good snapshot, last drill, gaps
			  verify   Check that snapshots are undamaged; name the newest good one
			  drill    Rehearse a restore in a scratch place; your agent is not touched
			  hosts    List the agents on this machine and their newest snapshots
			  doctor   Look for what would keep a snapshot from saving you
			  help     Show the commands, or one of them in full
			More about one, with examples: /snapshot help restore
			Exit codes: 0 done, 1 failed, 2 usage, 3 incomplete (something was missed), 11 locked, 12 wrong key, 13 stale, 14 unhealthy after a command, 70 bug, 130 interrupted"
		`);
	});

	it("all of one command", async () => {
		expect(
			await reply(plainMachine(), "restore --help"),
		).toMatchInlineSnapshot(`
			"/snapshot restore <number|id|latest> [path …]
			Go back to a snapshot, with all of it or some files; can be undone. Also: rewind. Nothing is lost by it: what is there now is saved first, and undo brings that back. All of it goes back, or nothing does.
			  snapshot         a number from the list (1 = newest), an id or its unique beginning, or latest
			  path             files or directories of the snapshot: only these (default: all of it)
			  --dry-run        show what would be done and do nothing
			  --include PATH   put this file back too, although it is left alone by default (auth.json)
			  --session ID     bring back one conversation and leave all else ("?" lists the lost ones)
			  --no-undo        do not save first what is there now (when there is no room for it)
			  --at-next-start  not now: when recover runs before the agent's next start
			  --wait SECONDS   how long to wait if another command is at work (default 10)
			Examples:
			  /snapshot restore 3
			  /snapshot restore 3 memories/MEMORY.md
			  /snapshot restore latest --dry-run
			  /snapshot restore 20261121-0114
			  /snapshot restore 3 skills/my-skill
			  /snapshot restore 3 config.yaml memories/
			  /snapshot restore 3 state.db --session 20261103_100200_ab12cd
			  /snapshot restore 3 --at-next-start"
		`);
	});
});
