import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** A name that is not UTF-8, as the disk keeps it. */
export const nonUtf8Name = Buffer.concat([
	Buffer.from("bad-"),
	Buffer.from([0xff, 0xfe]),
	Buffer.from(".json"),
]);

/**
 * Adds what a home should not hold and yet does, inside captured folders. The names are those of the bench's
 * make_home.py, so that one list of changes fits both.
 */
export function addOddEntries(home: string): void {
	const pairing = path.join(home, "pairing");
	addLinks(home, pairing);
	execFileSync("mkfifo", ["-m", "600", path.join(pairing, "fifo")]);
	addSocket(pairing);
	write(path.join(pairing, "unreadable.json"), "{}", 0o000);
	write(path.join(pairing, "with\nnewline.json"), '{"name":"newline"}', 0o600);
	fs.writeFileSync(
		Buffer.concat([Buffer.from(`${pairing}/`), nonUtf8Name]),
		"{}",
		{ mode: 0o600 },
	);
	write(path.join(pairing, "old-mtime.json"), "{}", 0o600);
	fs.utimesSync(path.join(pairing, "old-mtime.json"), 1000, 1000);
	fs.mkdirSync(path.join(pairing, "empty-dir"), { mode: 0o750 });
	const deep = path.join(
		pairing,
		...Array.from({ length: 60 }, (_, level) => `d${level}`),
	);
	fs.mkdirSync(deep, { recursive: true, mode: 0o700 });
	write(path.join(deep, "deep.json"), '{"deep":true}', 0o640);
}

/** Links inside, outside, dangling and to a directory; hard links to a sibling and to a file outside the set. */
function addLinks(home: string, pairing: string): void {
	const outside = `${home}.outside`;
	fs.mkdirSync(outside, { recursive: true });
	write(path.join(outside, "secret.yaml"), "secret: outside the home\n", 0o600);
	fs.symlinkSync("telegram-approved.json", path.join(pairing, "link-in.json"));
	fs.symlinkSync(
		path.join(outside, "secret.yaml"),
		path.join(pairing, "link-out.json"),
	);
	fs.symlinkSync("/nonexistent/x", path.join(pairing, "dangling.json"));
	fs.symlinkSync(outside, path.join(home, "memories", "dir-out"));
	fs.linkSync(
		path.join(pairing, "_rate_limits.json"),
		path.join(pairing, "hardlink.json"),
	);
	write(
		path.join(home, "logs", "shared.json"),
		'{"shared":"with a file that is never captured"}',
		0o600,
	);
	fs.linkSync(
		path.join(home, "logs", "shared.json"),
		path.join(pairing, "hardlink-out.json"),
	);
}

/** A listener that is killed leaves its socket file behind; the short relative name fits a socket's limit. */
function addSocket(dir: string): void {
	const listen =
		"require('net').createServer().listen('agent.sock', () => process.kill(process.pid, 'SIGKILL'))";
	spawnSync(process.execPath, ["-e", listen], { cwd: dir });
}

function write(file: string, content: string, mode: number): void {
	fs.writeFileSync(file, content);
	fs.chmodSync(file, mode);
}
