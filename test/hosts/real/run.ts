/**
 * Types /snapshot into real agents, from the packed tarball, without a model: `npm run test:hosts [-- NAME …]`.
 * Installs what it needs, once, outside the repository. A line an agent; anything wrong ends it with 1.
 * With `--transcripts`, what their terminals show is written to docs/transcripts instead.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { realHosts } from "./agents.ts";
import { installOurs } from "./installed.ts";
import { writeTranscript } from "./transcript.ts";
import { tryHost } from "./try-host.ts";

const TRANSCRIPTS = "--transcripts";
const args = process.argv.slice(2);
const wanted = args.filter((arg) => arg !== TRANSCRIPTS);
const chosen = realHosts.filter(
	({ name }) => wanted.length === 0 || wanted.includes(name),
);
const known = realHosts.map(({ name }) => name).join(", ");
if (chosen.length === 0) throw new Error(`There are: ${known}.`);

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-hosts-"));
const work = args.includes(TRANSCRIPTS) ? writeTranscript : tryHost;
let failed = 0;
try {
	const { lies: ours, tarball } = installOurs(scratch);
	for (const host of chosen)
		try {
			const home = path.join(scratch, host.name);
			console.log(await work(host, { home, ours, tarball }));
		} catch (error) {
			failed++;
			console.error(`${host.name}:`, error);
		}
} finally {
	fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`hosts: ${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
