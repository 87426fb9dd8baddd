import { describe, expect, it } from "vitest";
import { post } from "../../src/system/network.ts";
import { startWebServer } from "../support/web-server.ts";

const LONG = 30_000;

describe("what is posted", () => {
	it("is taken as it is", async () => {
		const { address, posted } = await startWebServer();
		expect(await post(`${address}/a/start?b=c`, "all well: ü\n", LONG)).toBe(
			undefined,
		);
		expect(posted).toEqual([
			{ url: "/a/start?b=c", text: "all well: ü\n", authorization: undefined },
		]);
	});

	it("may need a login", async () => {
		const { address, posted } = await startWebServer();
		const url = address.replace("//", "//ada:s%40crt@");
		expect(await post(url, "", LONG)).toBe(undefined);
		const login = Buffer.from("ada:s@crt").toString("base64");
		expect(posted[0]?.authorization).toBe(`Basic ${login}`);
	});

	it("is not taken by who says no", async () => {
		const { address } = await startWebServer(() => 503);
		expect(await post(address, "", LONG)).toBe("it answered 503");
	});

	it("is not waited for longer than told", async () => {
		const { address } = await startWebServer(() => undefined);
		expect(await post(address, "", 50)).toBe("it took longer than 0.05 s");
	});

	it.each([
		["http://127.0.0.1:65533/secret", "ECONNREFUSED"],
		["http://no-such-host.invalid/secret", /^(ENOTFOUND|EAI_AGAIN)$/],
		["nonsense", /^(ERR_INVALID_URL|it could not be reached)$/],
	])("to %s says why not, and not the address", async (url, why) => {
		const said = await post(url, "", LONG);
		expect(said).toMatch(why);
		expect(said).not.toContain("secret");
	});
});
