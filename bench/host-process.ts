/**
 * A host: a process that runs /snapshot as a plugin does, and looks how long its event loop stood still meanwhile.
 *
 *   node host-process.ts HOME [label]     without a label only waits
 *
 * Prints the longest stall in milliseconds.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";

const [home = "", label] = process.argv.slice(2);
const adapter = path.join(import.meta.dirname, "../dist/index.js");
const { createSnapshotCommand, hosts } = (await import(
	pathToFileURL(adapter).href
)) as typeof import("../src/index.ts");
const command = createSnapshotCommand(hosts.hermes, { home });

// What is compiled and loaded at the first use is no stall of a host that has run for hours.
await command.run("help");
let longest = 0;
let last = performance.now();
const watch = setInterval(() => {
	const now = performance.now();
	// A timer of 1 ms comes 1 ms later at the earliest.
	longest = Math.max(longest, now - last - 1);
	last = now;
}, 1);
if (label === undefined)
	await new Promise((resolve) => setTimeout(resolve, 1000));
else {
	const reply = await command.run(`create ${label}`);
	if (!reply.ok) throw new Error(reply.text);
}
clearInterval(watch);
console.log(longest);
