import fs from "node:fs";
import path from "node:path";
import { scratch } from "../support/scratch.ts";

/** A user's home with the agent's state in it. */
export function homeWith(state: Readonly<Record<string, string>>): string {
	const home = scratch();
	for (const [name, content] of Object.entries(state)) {
		fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
		fs.writeFileSync(path.join(home, name), content);
	}
	return home;
}
