import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { difference, record } from "../../support/oracle.ts";
import type { Campaign, Point } from "../campaign.ts";
import type { PartsOnDisk } from "../kept-file.ts";
import { type Mount, mountTmpfs } from "../mounts.ts";
import { type Ran, runSubject } from "../run-subject.ts";
import { snapshotFolders } from "../store-oracle.ts";
import { type CallNumber, harmCall } from "../strace.ts";
import {
	faultsOfNextCreate,
	faultsOfRecovery,
	storeFaults,
} from "./full-disk/checks.ts";
import { lay, type Stage, type Undisturbed } from "./full-disk/stage.ts";
import { stagedThrough } from "./kill/leave-unsynced.ts";
import { type Moment, momentsOf } from "./power-cut/moments.ts";
import {
	type Filesystem,
	filesystems,
	PowerDisk,
	whyNot,
} from "./power-cut/power-disk.ts";

let platter: Mount | undefined;

export const powerCut: Campaign = {
	name: "power-cut",
	title: "Power cuts, after the acknowledgement and in between",
	bounded: 9,
	together: true,
	async points(setting) {
		platter = mountTmpfs(path.join(setting.dir, "platter"), "size=4g");
		const { dir } = platter;
		const moments = await momentsOf(setting);
		return filesystems
			.filter((filesystem) => isThere(filesystem, dir))
			.flatMap((filesystem) => [
				controlOf(filesystem, dir),
				...moments.map((moment) => pointOf(filesystem, dir, moment)),
			]);
	},
	async end() {
		platter?.unmount();
	},
};

/** ext4 is everywhere: a machine without it cannot try this at all. */
function isThere(filesystem: Filesystem, dir: string): boolean {
	const why = whyNot(filesystem, dir);
	if (why === undefined) return true;
	const sentence = `power-cut: NO ${filesystem.name.toUpperCase()} ON THIS MACHINE, its points are left out: ${why}`;
	if (filesystem.name === "ext4") throw new Error(sentence);
	console.log(sentence);
	return false;
}

/** The campaign proves nothing if what was synced is lost, or if what was not synced is kept. */
function controlOf(filesystem: Filesystem, platterDir: string): Point {
	return {
		id: `${filesystem.name}/control`,
		run: (place) =>
			onDisk(filesystem, platterDir, place, async (disk) => {
				const at = (name: string) => path.join(disk.dir, name);
				fs.writeFileSync(at("synced"), "this is there", { flush: true });
				const folder = fs.openSync(disk.dir, "r");
				fs.fsyncSync(folder);
				fs.closeSync(folder);
				fs.writeFileSync(at("unsynced"), "this is not");
				disk.restart(disk.photograph());
				const kept =
					fs.existsSync(at("synced")) &&
					fs.readFileSync(at("synced"), "utf8") === "this is there";
				return [
					...(kept ? [] : ["what was synced is lost: no honest power cut"]),
					...unsyncedFaults(disk),
				];
			}),
	};
}

function pointOf(
	filesystem: Filesystem,
	platterDir: string,
	{ scene, call, wanted, isUnsynced = false }: Moment,
): Point {
	const killed =
		call === undefined ? "acknowledged" : `${call.name}#${call.ordinal}`;
	const when = isUnsynced ? "behind-commit" : killed;
	return {
		id: `${filesystem.name}/${scene.name}/${when}`,
		async run(place) {
			const expected = await wanted();
			return onDisk(filesystem, platterDir, place, async (disk) => {
				const stage = await lay(scene, path.join(disk.dir, "home"));
				disk.sync();
				const { ran, photo } = await cutPower(disk, stage, call).finally(() =>
					stage.release(),
				);
				disk.restart(photo);
				const isDone = ran.code === 0;
				return [
					...(isDone === (call === undefined)
						? []
						: [`it should have been killed or not: ${ran.stdout}`]),
					...unsyncedFaults(disk),
					...(isUnsynced ? stagedFaults(stage) : []),
					...(await faultsOfRecovery(stage, expected)),
					...(isDone ? acknowledgedFaults(stage, ran, expected) : []),
					...storeFaults(stage, isDone ? "done" : "nothing", expected),
					...(await faultsOfNextCreate(stage)),
				];
			});
		},
	};
}

/** Runs the command, to its end or to the call, and copies what then is on the platter. */
async function cutPower(
	disk: PowerDisk,
	{ scene: { subject, words }, home }: Stage,
	call: CallNumber | undefined,
): Promise<{ ran: Ran; photo: string }> {
	const ran =
		call === undefined
			? await runSubject(subject, home, words)
			: (await harmCall({ subject, home, words }, call, "signal=SIGKILL")).ran;
	fs.writeFileSync(path.join(disk.dir, "unsynced"), "this is not kept");
	return { ran, photo: disk.photograph() };
}

function unsyncedFaults({ dir }: PowerDisk): string[] {
	const found = fs.statSync(path.join(dir, "unsynced"), {
		throwIfNoEntry: false,
	});
	const isKept = found !== undefined && found.size > 0;
	return isKept
		? ["what was not synced is there all the same: this was no power cut"]
		: [];
}

/** The recovery would have nothing to stage anew. */
function stagedFaults({ home }: Stage): string[] {
	const staged = stagedThrough(home);
	if (staged.length === 0) return ["nothing goes in through SQLite here"];
	return staged
		.filter(({ file, parts }) => fs.existsSync(file) && isWhole(file, parts))
		.map(({ file }) => `${path.basename(file)} was synced: nothing was lost`);
}

/** xfs may have its whole length, and holes. */
function isWhole(file: string, { size, sha256 }: PartsOnDisk): boolean {
	const bytes = fs.readFileSync(file);
	return sha256.every((hash, index) => {
		const part = bytes.subarray(index * size, (index + 1) * size);
		return createHash("sha256").update(part).digest("hex") === hash;
	});
}

/** What the person was told has happened, and is there. */
function acknowledgedFaults(
	{ home }: Stage,
	{ reply }: Ran,
	{ after }: Undisturbed,
): string[] {
	const id = reply?.data.snapshot?.id;
	const isListed = id === undefined || snapshotFolders(home).includes(id);
	return [
		...(isListed ? [] : [`the acknowledged snapshot ${id} is lost`]),
		...difference(after, record(home)).map((line) => `acknowledged: ${line}`),
	];
}

async function onDisk(
	filesystem: Filesystem,
	platterDir: string,
	place: string,
	work: (disk: PowerDisk) => Promise<string[]>,
): Promise<string[]> {
	const name = `${path.basename(place)}`;
	const disk = new PowerDisk(
		filesystem,
		platterDir,
		path.join(place, `${name}-disk`),
	);
	try {
		return await work(disk);
	} finally {
		disk.clear();
	}
}
