import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { hasRestic, passwordFile } from "../support/restic-server.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

it.skipIf(!hasRestic)(
	"a push that meets damage says what to do, and the next snapshot has none",
	async () => {
		const home = makeHermesHome({ dir: path.join(scratch(), "home") });
		const to = path.join(scratch(), "repository");
		const say = (...words: string[]) => snapshot(home, words);
		await say("remote", "add", to, "--password-file", passwordFile(scratch()));
		const made = await say("create");
		const id = made.json.data.snapshot?.id ?? "";
		const file = path.join(storeOf(home), id, "SOUL.md");
		const { atime, mtime } = fs.statSync(file);
		fs.chmodSync(file, 0o600);
		fs.writeFileSync(file, fs.readFileSync(file).fill("x"));
		fs.utimesSync(file, atime, mtime);
		const refused = await say("remote", "push");
		expect(refused.json).toMatchObject({ error: { code: "damaged" } });
		expect(refused.json.text).toContain("create takes what is damaged anew");
		expect((await say("list")).json.data).toMatchObject({
			foundDamaged: [id],
		});
		expect((await say("create")).json.data).toMatchObject({
			created: true,
			damage: { id },
		});
		expect((await say("remote", "push")).json).toMatchObject({ exitCode: 0 });
	},
);
