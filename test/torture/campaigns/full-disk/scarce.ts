import fs from "node:fs";
import path from "node:path";
import { root } from "../../../support/paths.ts";
import { type Mount, mountTmpfs, resize } from "../../mounts.ts";
import { type Ran, runSubject } from "../../run-subject.ts";
import { readStore } from "../../store-oracle.ts";
import type { Scene } from "./scenes.ts";
import { lay, type Stage } from "./stage.ts";

/** Of what there can be too little. */
export type Resource = "pages" | "inodes" | "file-size";

/** Told: the command may look at the free space and refuse. Fooled: it is told that there is plenty. */
export type Look = "told" | "fooled";

const PAGE = 4096;
const AMPLE = { pages: 32_768, inodes: 20_000 };

/** A scene on a disk of its own, with so much of one resource and enough of all others. */
export class ScarceDisk {
	readonly #mount: Mount;
	readonly #resource: Resource;
	readonly stage: Stage;

	private constructor(mount: Mount, resource: Resource, stage: Stage) {
		this.#mount = mount;
		this.#resource = resource;
		this.stage = stage;
	}

	static async lay(
		dir: string,
		scene: Scene,
		resource: Resource,
	): Promise<ScarceDisk> {
		const mount = mountTmpfs(path.join(dir, "disk"), options(AMPLE));
		try {
			const stage = await lay(scene, path.join(mount.dir, "home"));
			return new ScarceDisk(mount, resource, stage);
		} catch (error) {
			mount.unmount();
			throw error;
		}
	}

	/** Runs the scene's command with `left` of the resource: free pages or inodes, or pages that a file may have. */
	run(left: number, look: Look): Promise<Ran> {
		const { scene, home } = this.stage;
		const used = this.used();
		if (this.#resource === "pages")
			resize(this.#mount, options({ ...AMPLE, pages: used + left }));
		if (this.#resource === "inodes")
			resize(this.#mount, options({ ...AMPLE, inodes: used + left }));
		const limit = `--fsize=${left * PAGE}`;
		const under = this.#resource === "file-size" ? ["prlimit", limit] : [];
		const roomy = `--require=${path.join(root, "test/torture/campaigns/full-disk/roomy.cjs")}`;
		const env: Record<string, string> =
			look === "fooled" ? { NODE_OPTIONS: roomy } : {};
		return runSubject(scene.subject, home, scene.words, { under, env });
	}

	giveRoom(): void {
		resize(this.#mount, options(AMPLE));
	}

	/** Pages or inodes, of the whole disk. */
	used(): number {
		const { blocks, bfree, files, ffree } = fs.statfsSync(this.#mount.dir);
		return this.#resource === "inodes" ? files - ffree : blocks - bfree;
	}

	async clear(): Promise<void> {
		await this.stage.release();
		this.#mount.unmount();
	}
}

function options({ pages, inodes }: typeof AMPLE): string {
	return `size=${pages * (PAGE / 1024)}k,nr_inodes=${inodes}`;
}

/** The smallest amount with which the scene's command succeeds. */
export async function needOf(
	dir: string,
	scene: Scene,
	resource: Resource,
	look: Look,
): Promise<number> {
	const suffices = (left: number) =>
		onDisk(dir, scene, resource, async (disk) => {
			const ran = await disk.run(left, look);
			const { home, storeBefore } = disk.stage;
			// What was moved aside for want of room has not succeeded.
			return (
				ran.code === 0 &&
				readStore(home).quarantined === storeBefore.quarantined
			);
		});
	// From a good guess upwards in growing steps, then by bisection.
	let [tooLittle, enough] = [-1, await guess(dir, scene, resource)];
	for (let step = 4; !(await suffices(enough)); step *= 4) {
		tooLittle = enough;
		enough += step;
		if (enough > 20_000)
			throw new Error(`${scene.name} fails with plenty of ${resource}`);
	}
	for (let step = 4; enough - tooLittle > 1; step *= 4) {
		const middle = Math.floor((tooLittle + enough) / 2);
		const tried = Math.max(middle, enough - step);
		if (await suffices(tried)) enough = tried;
		else tooLittle = tried;
	}
	return enough;
}

/** What was taken at most while it ran, as far as could be seen. */
function guess(dir: string, scene: Scene, resource: Resource): Promise<number> {
	if (resource === "file-size") {
		const sizes = fs
			.readdirSync(scene.home)
			.map((name) => fs.lstatSync(path.join(scene.home, name)).size);
		return Promise.resolve(Math.ceil(Math.max(...sizes) / PAGE));
	}
	return onDisk(dir, scene, resource, async (disk) => {
		const before = disk.used();
		let most = before;
		const timer = setInterval(() => {
			most = Math.max(most, disk.used());
		}, 1);
		const ample = AMPLE[resource] - before;
		await disk.run(ample, "fooled").finally(() => clearInterval(timer));
		return Math.max(most, disk.used()) - before;
	});
}

export async function onDisk<T>(
	dir: string,
	scene: Scene,
	resource: Resource,
	work: (disk: ScarceDisk) => Promise<T>,
): Promise<T> {
	const disk = await ScarceDisk.lay(dir, scene, resource);
	try {
		return await work(disk);
	} finally {
		await disk.clear();
	}
}
