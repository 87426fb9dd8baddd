import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { settle } from "./run.ts";

/** So much may wait for its removal: see `discard`. */
const FULL = 4e9;
/** After many removals a file system is slow for a while. */
const REST = 2000;

/** One folder below the system's for temporary files, which goes with the process. */
export class Scratch {
	readonly directory: string;
	/** What every contestant is given; nothing of the tester's own agents or settings leaks in. */
	readonly env: NodeJS.ProcessEnv;
	#waiting = 0;
	#count = 0;

	constructor() {
		const place = path.join(
			fs.realpathSync(os.tmpdir()),
			"agent-snapshot-bench-",
		);
		this.directory = fs.mkdtempSync(place);
		process.on("exit", () => this.remove());
		const own = this.folder("user");
		this.env = {
			PATH: "/usr/local/bin:/usr/bin:/bin",
			HOME: own,
			LANG: "C.UTF-8",
			TZ: "UTC",
			RESTIC_PASSWORD: "bench",
			RESTIC_CACHE_DIR: path.join(own, "restic"),
			BORG_BASE_DIR: path.join(own, "borg"),
			BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
			// A copy of a repository is another place of it.
			BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
		};
	}

	/** A new folder, whatever its name was used for before. */
	folder(name: string): string {
		this.#count += 1;
		const made = path.join(this.directory, `${name}-${this.#count}`);
		fs.mkdirSync(made, { mode: 0o700 });
		return made;
	}

	/** Moves it aside: a removal now would slow down the next contestant's files up to twenty times. */
	discard(what: string): void {
		this.#waiting += bytesOnDisk([what]);
		fs.renameSync(what, path.join(this.folder("discarded"), "it"));
	}

	/** Between two rounds: removes what waits, when it is much, and lets the file system come to rest. */
	async tidy(limit = FULL): Promise<void> {
		if (this.#waiting <= limit) return;
		for (const name of fs.readdirSync(this.directory))
			if (name.startsWith("discarded-"))
				fs.rmSync(path.join(this.directory, name), { recursive: true });
		this.#waiting = 0;
		settle(this.directory);
		await new Promise((resolve) => setTimeout(resolve, REST));
	}

	remove(): void {
		fs.rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
	}
}

/** Blocks on disk of all below these, each file once, however many names it has. */
export function bytesOnDisk(tops: readonly string[]): number {
	const seen = new Set<number>();
	const sizeOf = (place: string): number => {
		const stat = fs.lstatSync(place);
		if (seen.has(stat.ino)) return 0;
		seen.add(stat.ino);
		const inner = stat.isDirectory() ? fs.readdirSync(place) : [];
		return inner.reduce(
			(sum, name) => sum + sizeOf(path.join(place, name)),
			stat.blocks * 512,
		);
	};
	return tops.reduce((sum, top) => sum + sizeOf(top), 0);
}
