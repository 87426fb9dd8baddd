import fs from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ownVersion } from "../../src/system/program-version.ts";
import { scratch } from "../support/scratch.ts";

/** As if that ran us. */
function running({ execPath = process.execPath, script = "" }): void {
	const before = process.execPath;
	const [, scriptBefore = ""] = process.argv;
	process.execPath = execPath;
	process.argv[1] = script;
	onTestFinished(() => {
		process.execPath = before;
		process.argv[1] = scriptBefore;
	});
}

function packageOf(version: string, program: string): string {
	const dir = scratch();
	fs.writeFileSync(path.join(dir, "package.json"), JSON.stringify({ version }));
	const file = path.join(dir, program);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, "");
	return file;
}

it("a program has the version of its package, called by a link, too", () => {
	const script = path.join(scratch(), "agent");
	fs.symlinkSync(packageOf("9.9.9", "dist/bundle/cli.js"), script);
	running({ script });
	expect(ownVersion()).toBe("9.9.9");
});

it("one that is packed into a file has that of the package.json beside it", () => {
	running({
		execPath: packageOf("9.9.8", "agent"),
		script: "/$bunfs/root/cli",
	});
	expect(ownVersion()).toBe("9.9.8");
});

it("where nothing says so, there is none", () => {
	running({ execPath: "/nowhere/agent", script: "/nowhere/cli.js" });
	expect(ownVersion()).toBeUndefined();
});
