import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A fresh folder for this test, removed when it ends, whatever modes the test left behind. */
export function scratch(): string {
	const dir = fs.mkdtempSync(
		path.join(fs.realpathSync(os.tmpdir()), "agent-snapshot-test-"),
	);
	onTestFinished(() =>
		fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 }),
	);
	return dir;
}
