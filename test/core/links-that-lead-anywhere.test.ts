import { describe, expect, it } from "vitest";
import { create, restore } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";

/** Nobody can look behind this link, as with a network mount whose server has died. */
function goDead(on: Machine, link: string, code: string): void {
	const { disk } = on.system;
	const dead = `${HOME}/${link}`;
	const isThere = () =>
		on.volume.lstatSync(dead, { throwIfNoEntry: false })?.isSymbolicLink() ===
		true;
	const unless = <T>(isDead: (path: string) => boolean, look: Look<T>) =>
		((path) => {
			if (isThere() && isDead(path))
				throw Object.assign(new Error(code), { code });
			return look(path);
		}) satisfies Look<T>;
	const isBehind = (path: string) => path.startsWith(`${dead}/`);
	disk.stat = unless(isBehind, disk.stat);
	disk.names = unless((path) => path === dead || isBehind(path), disk.names);
	disk.realPath = unless(
		(path) => path === dead || isBehind(path),
		disk.realPath,
	);
}

type Look<T> = (path: string) => T;

const CODES = ["ENOTCONN", "ESTALE", "EHOSTDOWN", "EIO", "ENAMETOOLONG"];

describe("a link behind which nobody can look", () => {
	it.each(
		CODES,
	)("is no matter to a restore of something else: %s", async (code) => {
		const on = plainMachine();
		on.volume.symlinkSync("/nas/notes", `${HOME}/letters/nas`);
		await create(on);
		put(on, "config.yaml", "model: two\n");
		goDead(on, "letters/nas", code);
		await restore(on, "1", { dryRun: true });
		await restore(on, "1");
		expect(read(on, "config.yaml")).toBe("model: one\n");
		expect(on.volume.readlinkSync(`${HOME}/letters/nas`)).toBe("/nas/notes");
	});

	it.each(CODES)("goes where it came after the snapshot: %s", async (code) => {
		const on = plainMachine();
		await create(on);
		on.volume.symlinkSync("/nas/notes", `${HOME}/letters/nas`);
		goDead(on, "letters/nas", code);
		const { plan } = await restore(on, "1");
		expect(plan.leftAlone).toEqual([]);
		expect(on.volume.readdirSync(`${HOME}/letters`)).not.toContain("nas");
	});

	it.each(
		CODES,
	)("gives way to the directory that was there: %s", async (code) => {
		const on = plainMachine();
		putDatabase(on, "letters/nas/post.db", "one letter");
		put(on, "letters/nas/note.txt", "mine");
		await create(on);
		on.volume.rmSync(`${HOME}/letters/nas`, { recursive: true });
		on.volume.symlinkSync("/nas/notes", `${HOME}/letters/nas`);
		goDead(on, "letters/nas", code);
		await restore(on, "1", { dryRun: true });
		await restore(on, "1");
		expect(read(on, "letters/nas/post.db")).toContain("one letter");
	});
});

describe("hundreds of links", () => {
	const looksWith = async (links: number) => {
		const on = plainMachine();
		await create(on);
		on.volume.mkdirSync("/documents");
		for (let index = 0; index < links; index++)
			on.volume.symlinkSync("/documents", `${HOME}/letters/${index}`);
		const { processes } = on.system;
		const { holders, openBelow } = processes;
		let looks = 0;
		processes.holders = (paths) => {
			looks++;
			return holders(paths);
		};
		processes.openBelow = (directories) => {
			looks++;
			return openBelow(directories);
		};
		await restore(on, "1");
		expect(on.volume.readdirSync(`${HOME}/letters`)).not.toContain("0");
		return looks;
	};

	it("have no more looks taken at the processes than one", async () => {
		expect(await looksWith(100)).toBe(await looksWith(1));
	});
});
