/** An agent's process in which somebody types, to be watched from outside: `HOME=… node typing-host.ts NAME`. */
import fs from "node:fs";
import os from "node:os";

// What a plugin does while it is loaded is watched, too.
fs.existsSync("first-mark");
const { faces } = await import("./faces.ts");
const [name] = process.argv.slice(2);
const face = faces.find((one) => one.name === name);
if (face === undefined) throw new Error(`there is no face of ${name}`);

const { type, compact } = await face.start(os.homedir());
for (const words of ["create", "list", "restore 1", "undo", "dance"])
	await type("snapshot", words);
await compact();
fs.existsSync("last-mark");
