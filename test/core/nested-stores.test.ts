import { expect, it } from "vitest";
import { create, restore } from "../support/commands.ts";
import { HOME, plainMachine, put, read } from "../support/plain-agent.ts";

const PROFILES = `{"include": ["profiles/*"]}`;
const OTHERS = "profiles/ada/state-snapshots";

it("takes no store of a home within this one, and touches none", async () => {
	const on = plainMachine();
	put(on, "profiles/ada/notes.txt", "one");
	put(on, `${OTHERS}/20261121-000000/manifest.json`, "{}");
	put(on, "state-snapshots/config.json", PROFILES);
	const { snapshot } = await create(on);
	const taken = `${HOME}/state-snapshots/${snapshot.id}`;
	expect(on.volume.existsSync(`${taken}/profiles/ada/notes.txt`)).toBe(true);
	expect(on.volume.existsSync(`${taken}/${OTHERS}`)).toBe(false);

	put(on, "profiles/ada/notes.txt", "two");
	put(on, `${OTHERS}/20261121-000001/manifest.json`, "{}");
	await restore(on, "1");
	expect(read(on, "profiles/ada/notes.txt")).toBe("one");
	expect(read(on, `${OTHERS}/20261121-000001/manifest.json`)).toBe("{}");
});
