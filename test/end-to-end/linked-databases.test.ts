import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { rowsOf } from "../support/database-rows.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { holder } from "../support/holder.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

/** Since the snapshot it has been moved to a bigger disk, and a link stands in its place. */
async function moved(what: string) {
	const dir = scratch();
	const home = makeHermesHome({ dir: path.join(dir, "home") });
	expect((await snapshot(home, ["create"])).code).toBe(0);
	const [link, big] = [path.join(home, what), path.join(dir, "big")];
	fs.renameSync(link, big);
	fs.symlinkSync(big, link);
	return { home, link, big };
}

it.runIf(process.platform === "linux").each([
	["a database", "state.db", ""],
	["a profile", "profiles/coder", "/state.db"],
])(
	"%s behind a link that an agent has open stays, and is put back once it is closed",
	{
		timeout: 60_000,
	},
	async (_, what, inside) => {
		const { home, link, big } = await moved(what);
		const before = rowsOf(big + inside);
		const agent = await holder("connect", link + inside);
		for (const words of [
			["restore", "1", "--dry-run"],
			["restore", "1"],
		]) {
			const { code, json } = await snapshot(home, words);
			expect(code, json.text).toBe(1);
			expect(json.error).toMatchObject({ code: "busy-database" });
			expect(json.text).toContain(`(process ${agent.pid})`);
			expect(json.text).toContain("--at-next-start");
		}
		expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
		await agent.kill();
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(0);
		expect(fs.lstatSync(link).isSymbolicLink()).toBe(false);
		expect(rowsOf(link + inside)).toBe(before);
		expect(rowsOf(big + inside)).toBe(before);
		expect((await snapshot(home, ["undo"])).code).toBe(0);
		expect(fs.readlinkSync(link)).toBe(big);
	},
);

it.each([
	["a database", "state.db"],
	["a profile", "profiles/coder"],
])(
	"%s behind a link pushes none out that was saved before",
	{
		timeout: 60_000,
	},
	async (_, what) => {
		const { home } = await moved(what);
		const store = path.join(home, "state-snapshots");
		fs.writeFileSync(path.join(store, "config.json"), '{"keep":{"manual":1}}');
		for (const count of [1, 2]) {
			fs.appendFileSync(path.join(home, "config.yaml"), `# ${count}\n`);
			const { code, json } = await snapshot(home, ["create"]);
			expect(code, json.text).toBe(3);
			expect(json.data).toMatchObject({
				missed: [{ path: what, lost: true }],
				removed: [],
			});
		}
		await snapshot(home, ["prune"]);
		const { json } = await snapshot(home, ["list"]);
		expect(json.data).toMatchObject({
			snapshots: [{ complete: false }, { complete: true }],
		});
	},
);

it("links in a circle that are called like databases are removed", async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	expect((await snapshot(home, ["create"])).code).toBe(0);
	const memories = path.join(home, "memories");
	fs.symlinkSync("two.db", path.join(memories, "one.db"));
	fs.symlinkSync("one.db", path.join(memories, "two.db"));
	const { code, json } = await snapshot(home, ["restore", "1"]);
	expect(code, json.text).toBe(0);
	expect(fs.readdirSync(memories)).not.toContain("one.db");
});
