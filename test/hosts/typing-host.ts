/** An agent's process in which somebody types, to be watched from outside: `node typing-host.ts NAME USER_HOME`. */
import fs from "node:fs";
import { faces } from "./faces.ts";

const [name, userHome = ""] = process.argv.slice(2);
const face = faces.find((one) => one.name === name);
if (face === undefined) throw new Error(`there is no face of ${name}`);

const { type } = await face.start(userHome);
fs.existsSync("first-mark");
for (const words of ["create", "list", "restore 1", "undo", "dance"])
	await type("snapshot", words);
fs.existsSync("last-mark");
