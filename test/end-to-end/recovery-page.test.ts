import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { importedState, wantedState } from "../support/imported-state.ts";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 300_000;
/** Megabytes of its database; by hand 200. */
const MB = Number(process.env.RECOVERY_MB ?? 5);

/** What stands in the blocks of one part of the page, a command a line. */
function commandsOf(heading: string): string[] {
	const page = fs.readFileSync(path.join(root, "docs/recovery.md"), "utf8");
	const part = page.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
	const blocks = [...part.matchAll(/^```sh\n([\s\S]*?)^```/gm)];
	return blocks.flatMap(([, block = ""]) => block.trim().split("\n"));
}

/** What `npm install --global` makes of the package: its files, and the command. Nothing of this repository beside it. */
function installed(at: string): string {
	const packed = execFileSync(
		"npm",
		["pack", "--ignore-scripts", "--silent", "--pack-destination", at],
		{ cwd: root, encoding: "utf8" },
	);
	execFileSync("tar", ["xzf", path.join(at, packed.trim()), "-C", at]);
	const bin = path.join(at, "bin");
	fs.mkdirSync(bin);
	fs.symlinkSync("../package/dist/cli.js", path.join(bin, "agent-snapshot"));
	fs.symlinkSync(process.execPath, path.join(bin, "node"));
	return bin;
}

/** In a home of its own, with the commands of a fresh machine. */
function run(command: string, home: string, bin: string) {
	const ran = spawnSync("sh", ["-c", command], {
		cwd: home,
		env: { HOME: home, PATH: `${bin}:/usr/bin:/bin`, LANG: "C.UTF-8" },
		encoding: "utf8",
	});
	expect(ran.status, `${command}\n${ran.stdout}${ran.stderr}`).toBe(0);
	return ran.stdout;
}

describe("docs/recovery.md", { timeout }, () => {
	it("brings an agent back, command by command, where there is only Node", () => {
		const bin = installed(scratch());
		const old = path.join(scratch(), "old");
		const agent = makeHermesHome({ dir: path.join(old, ".hermes"), dbMb: MB });
		const [makeKey = "", showKey = "", pack = ""] =
			commandsOf("Before it happens");
		run(makeKey, old, bin);
		const recipient = run(showKey, old, bin).trim();
		const usb = path.join(old, "usb");
		fs.mkdirSync(usb);
		const exporting = pack
			.replace("age1examplerecipient", recipient)
			.replace("/mnt/usb", usb);
		expect(exporting).not.toBe(pack);
		run(exporting, old, bin);
		const blank = path.join(scratch(), "new");
		fs.mkdirSync(blank);
		const [archive = ""] = fs.readdirSync(usb);
		fs.renameSync(path.join(usb, archive), `${blank}/backup.zip.age`);
		fs.copyFileSync(`${old}/key.txt`, `${blank}/key.txt`);
		const commands = commandsOf("On the new machine");
		expect(commands).toHaveLength(4);
		for (const command of commands) {
			const began = performance.now();
			run(command, blank, bin);
			const seconds = ((performance.now() - began) / 1000).toFixed(1);
			if (process.env.RECOVERY_MB) console.log(`${seconds} s: ${command}`);
		}
		expect(importedState(path.join(blank, ".hermes"))).toEqual(
			wantedState(agent),
		);
		// And with no tool of ours at all.
		const byHand =
			"age -d -i key.txt -o backup.zip backup.zip.age && unzip -qq backup.zip -d by-hand";
		run(byHand, blank, "/usr/bin");
		expect(fs.readFileSync(`${blank}/by-hand/SOUL.md`, "utf8")).toBe(
			fs.readFileSync(path.join(agent, "SOUL.md"), "utf8"),
		);
	});
});
