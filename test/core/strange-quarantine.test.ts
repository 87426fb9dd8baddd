import { describe, expect, it } from "vitest";
import { listSnapshots } from "../../src/core/store/listing.ts";
import { create, restore } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const { quarantine } = storeAt;

/** With one snapshot, and a change since. */
async function changed(change: (on: Machine) => void): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	change(on);
	return on;
}

const makeIt = ({ volume }: Machine) => volume.mkdirSync(quarantine);

/** A disk that says something else of one path. */
function onAnotherDisk(on: Machine): void {
	makeIt(on);
	const { stat } = on.system.disk;
	on.system.disk.stat = (path) => {
		const found = stat(path);
		return path === quarantine && found !== undefined
			? { ...found, device: "another" }
			: found;
	};
}

const changes: [string, (on: Machine) => void][] = [
	["a file that is put back", (on) => put(on, "config.yaml", "model: two")],
	["a file that came since", (on) => put(on, "letters/eve.txt", "Dear Eve")],
	["a database that came since", (on) => putDatabase(on, "letters/e.db", "1")],
	["a ruined database", (on) => put(on, "state.db", Buffer.alloc(300))],
];

const strange: [string, (on: Machine) => void][] = [
	["a file", (on) => on.volume.writeFileSync(quarantine, "")],
	["a link", (on) => on.volume.symlinkSync("/etc", quarantine)],
	["on another disk", onAnotherDisk],
	[
		"mounted from elsewhere",
		(on) => {
			makeIt(on);
			on.mountPoints = [quarantine];
		},
	],
	[
		"closed to this user",
		(on) => {
			makeIt(on);
			on.system.disk.mayChangeIn = (path) => path !== quarantine;
		},
	],
	[
		"immutable",
		(on) => {
			makeIt(on);
			on.system.disk.isFixed = (path) => path === quarantine;
		},
	],
];

describe.each(strange)("where the quarantine is %s", (_, ruin) => {
	it.each(
		changes,
	)("a restore of %s is refused before anything is changed", async (_, change) => {
		const on = await changed(change);
		ruin(on);
		const before = homeState(on);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "failed",
			message: expect.stringMatching(/quarantine .*Nothing was changed/),
			hint: expect.stringContaining("Move it away"),
		});
		expect(homeState(on)).toEqual(before);
		expect(on.volume.existsSync(storeAt.journal)).toBe(false);
	});

	it("a restore that only sets a mode does not need it", async () => {
		const on = await changed((on) =>
			on.volume.chmodSync(`${HOME}/config.yaml`, 0o644),
		);
		ruin(on);
		await restore(on, "1");
		expect(homeState(on)["config.yaml"]).toContain("file 600");
	});
});

describe("the quarantine", () => {
	it("is given to the owner of the home by a restore under sudo, with all folders in it", async () => {
		const on = await changed((on) => put(on, "state.db", Buffer.alloc(300)));
		Object.assign(on.system.processes, { canSetOwner: true });
		const given: string[] = [];
		on.system.disk.setOwner = (path) => given.push(path);
		await restore(on, "1");
		const [folder] = on.volume.readdirSync(quarantine).map(String);
		expect(exists(on, `state-snapshots/quarantine/${folder}/state.db`)).toBe(
			true,
		);
		expect(given).toEqual(
			expect.arrayContaining([quarantine, `${quarantine}/${folder}`]),
		);
	});

	it("is no damaged snapshot when this user may not look into it", async () => {
		const on = await changed(makeIt);
		const { open } = on.system.disk;
		on.system.disk.open = (path, ...how) => {
			if (path.startsWith(quarantine))
				throw Object.assign(new Error("denied"), { code: "EACCES" });
			return open(path, ...how);
		};
		expect(listSnapshots(on.system.disk, storeAt).damaged).toEqual([]);
	});
});
