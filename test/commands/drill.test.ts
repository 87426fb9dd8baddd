import { expect, it } from "vitest";
import type { Host } from "../../src/core/home/host.ts";
import { plainHost, plainMachine, put } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

it.each([
	[7, "1 k0, 1 k1, 1 k2, 1 k3, 1 k4, 1 k5, 1 k6."],
	[8, "1 k0, 1 k1, 1 k2, 1 k3, 1 k4, 1 k5 and 2 more."],
])("a drill says that there is more than it names: %i kinds", async (count, said) => {
	const kinds = Array.from({ length: count }, (_, kind) => `k${kind}`);
	const host: Host = {
		...plainHost,
		critical: [...plainHost.critical, { path: "counted.json" }],
		counted: kinds.map((what) => ({
			what,
			path: "counted.json",
			at: [what],
			stays: true,
		})),
	};
	const on = plainMachine();
	const all = kinds.map((what) => [what, ["one"]]);
	put(on, "counted.json", JSON.stringify(Object.fromEntries(all)));
	await say(on, "create", { host });
	const { text } = await say(on, "drill", { host });
	expect(text).toContain(`Back, as counted then: ${said}`);
});
