import fs from "node:fs";
import path from "node:path";
import { type Mount, mountImage, run } from "../../mounts.ts";

export interface Filesystem {
	readonly name: "ext4" | "xfs" | "btrfs";
	readonly megabytes: number;
	readonly make: readonly [program: string, ...flags: string[]];
	/** Nothing is written back by a timer, and nothing is made durable that nobody asked for. */
	readonly options: string;
}

export const filesystems: readonly Filesystem[] = [
	{
		name: "ext4",
		megabytes: 288,
		make: [
			"mkfs.ext4",
			"-q",
			"-F",
			"-I",
			"256",
			"-E",
			"lazy_itable_init=0,lazy_journal_init=0",
		],
		// Without noauto_da_alloc ext4 writes the data of a renamed file back by itself.
		options: "commit=3600,noauto_da_alloc",
	},
	{
		name: "xfs",
		megabytes: 320,
		make: ["mkfs.xfs", "-q", "-f"],
		options: "nouuid",
	},
	{
		name: "btrfs",
		megabytes: 288,
		make: ["mkfs.btrfs", "-q", "-f"],
		options: "commit=3600",
	},
];

/**
 * A filesystem in a file, of which the power can be cut. The file is what stands on the platter: the loop device
 * writes to it what the filesystem has submitted, and what only lies in the filesystem's own cache is not in it.
 */
export class PowerDisk {
	readonly #filesystem: Filesystem;
	readonly #image: string;
	#mount: Mount;

	/** `platter` is a folder for the images; it may itself be in memory. */
	constructor(filesystem: Filesystem, platter: string, dir: string) {
		this.#filesystem = filesystem;
		this.#image = path.join(
			platter,
			`${path.basename(dir)}-${filesystem.name}.img`,
		);
		fs.writeFileSync(this.#image, "");
		fs.truncateSync(this.#image, filesystem.megabytes * 2 ** 20);
		const [program, ...flags] = filesystem.make;
		run(program, [...flags, this.#image]);
		this.#mount = mountImage(this.#image, dir, filesystem.options);
	}

	get dir(): string {
		return this.#mount.dir;
	}

	/** Makes all of it durable: what was there before the command. */
	sync(): void {
		run("sync", ["-f", this.dir]);
	}

	/** What would be left if the power went now, in a file of its own. */
	photograph(): string {
		const photo = `${this.#image}.photo`;
		for (let attempt = 1; attempt <= 20; attempt++) {
			const before = this.#written();
			run("cp", ["--sparse=always", this.#image, photo]);
			// A write meanwhile may be half in it, in an order that no disk would have.
			if (before === this.#written()) return photo;
		}
		throw new Error(`${this.#filesystem.name} does not stop writing`);
	}

	/** Goes on with what was photographed. Nobody may have anything open any more. */
	restart(photo: string): void {
		this.#mount.unmount();
		fs.renameSync(photo, this.#image);
		this.#mount = mountImage(this.#image, this.dir, this.#filesystem.options);
	}

	clear(): void {
		this.#mount.unmount();
		fs.rmSync(this.#image);
		fs.rmSync(`${this.#image}.photo`, { force: true });
	}

	/** Writes, discards and flushes of the device, done and in flight. */
	#written(): string {
		const line = fs
			.readFileSync("/proc/self/mountinfo", "utf8")
			.split("\n")
			.find((one) => one.split(" ")[4] === this.dir);
		const device = /\/dev\/(loop\d+)/.exec(line ?? "")?.[1];
		if (device === undefined) throw new Error(`${this.dir} is not mounted`);
		const counts = fs
			.readFileSync(`/sys/block/${device}/stat`, "utf8")
			.trim()
			.split(/\s+/);
		return [4, 6, 8, 11, 13, 15].map((at) => counts[at]).join(" ");
	}
}

/** Why this machine cannot have such a filesystem; undefined when it can. */
export function whyNot(
	filesystem: Filesystem,
	platter: string,
): string | undefined {
	try {
		const dir = path.join(platter, `probe-${filesystem.name}`);
		new PowerDisk(filesystem, platter, dir).clear();
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
