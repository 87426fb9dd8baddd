import { describe, expect, it } from "vitest";
import { create, recover, restore, undo } from "../support/commands.ts";
import { dyingEverywhere } from "../support/dying.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const ADA = "profiles/ada/state.db";

/** With one snapshot; the database that a link has come to lead to has changed since, too. */
const SINCE: Readonly<Record<string, (on: Machine) => void>> = {
	"a database has become a link to another": (on) => {
		on.volume.unlinkSync(`${HOME}/${ADA}`);
		on.volume.symlinkSync("../../state.db", `${HOME}/${ADA}`);
		putDatabase(on, "state.db", "eleven messages");
	},
	"a link to another has come": (on) => {
		on.volume.symlinkSync("../state.db", `${HOME}/letters/all.db`);
		on.volume.symlinkSync("all.db", `${HOME}/letters/eve.db`);
		putDatabase(on, "state.db", "eleven messages");
	},
	"a link leads to one that is to go": (on) => {
		on.volume.unlinkSync(`${HOME}/${ADA}`);
		on.volume.symlinkSync("../../letters/new.db", `${HOME}/${ADA}`);
		putDatabase(on, "letters/new.db", "one letter");
	},
	"a profile has become a link to another": (on) => {
		on.volume.rmSync(`${HOME}/profiles/ada`, { recursive: true });
		on.volume.symlinkSync("bob", `${HOME}/profiles/ada`);
		putDatabase(on, "profiles/bob/state.db", "three messages");
	},
	"a link leads over another one, out of the home": (on) => {
		on.volume.mkdirSync("/big");
		on.volume.renameSync(`${HOME}/state.db`, "/big/state.db");
		on.volume.symlinkSync("/big/state.db", `${HOME}/state.db`);
		on.volume.unlinkSync(`${HOME}/${ADA}`);
		on.volume.symlinkSync("../../state.db", `${HOME}/${ADA}`);
	},
};

async function changed(since: (on: Machine) => void): Promise<Machine> {
	const on = plainMachine();
	putDatabase(on, ADA, "one message");
	putDatabase(on, "profiles/bob/state.db", "two messages");
	await create(on);
	since(on);
	put(on, "config.yaml", "model: two\n");
	return on;
}

describe.each(Object.entries(SINCE))("where %s", (_, since) => {
	it("both are put back, and undone", async () => {
		const on = await changed(since);
		const before = homeState(on);
		await restore(on, "1");
		const asCaptured = await changed(() => {});
		await restore(asCaptured, "1");
		expect(homeState(on)).toEqual(homeState(asCaptured));
		await undo(on);
		expect(homeState(on)).toEqual(before);
	});

	it("a restore that dies anywhere is finished without a question", async () => {
		const first = await changed(since);
		const whole = await changed(since);
		await restore(whole, "1");
		let endings = 0;
		await dyingEverywhere(
			first,
			(on) => restore(on, "1"),
			async ({ on, at }) => {
				if (!on.volume.existsSync(storeAt.journal)) return;
				endings++;
				await recover(on).catch((error) => {
					throw new Error(`${at}: ${error}`);
				});
				expect(homeState(on), at).toEqual(homeState(whole));
			},
		);
		expect(endings).toBeGreaterThan(3);
	});
});
