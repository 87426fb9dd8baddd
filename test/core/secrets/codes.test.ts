import { describe, expect, it } from "vitest";
import { maskText } from "../../../src/core/secrets/secrets.ts";

describe("below and behind what says so", () => {
	it.each([
		[
			"Backup codes for GitHub:\na1b2c-d3e4f\n\n1. 48213-99302\nnext line",
			"Backup codes for GitHub:\n••••\n\n1. ••••\nnext line",
		],
		["2FA backup codes: 4821-9930 7713-0042", "2FA backup codes: •••• ••••"],
		[
			"The backup codes of GitHub: 4821-9930, 7713-0042 and keep them",
			"The backup codes of GitHub: ••••, •••• and keep them",
		],
		[
			"## Recovery codes\n\n- `a1b2c-d3e4f`\n- [ ] 48213-99302",
			"## Recovery codes\n\n- `••••`\n- [ ] ••••",
		],
		["Recovery codes\n48213 99302", "Recovery codes\n•••• ••••"],
		["**API key**\nzebraA7x9", "**API key**\n••••"],
		["## API keys\n\n- S3cretPw9", "## API keys\n\n- ••••"],
		["Password\n====\nS3cretPw9", "Password\n====\n••••"],
		["Password\n\nS3cretPw9\nbelow", "Password\n\n••••\nbelow"],
	])("it is hidden, and nothing else: %j", (text, shown) => {
		expect(maskText(text)).toBe(shown);
		expect(maskText(JSON.stringify({ text }))).toBe(
			JSON.stringify({ text: shown }),
		);
	});

	it.each([
		...["Error codes:\n4711-0815\nE1042-77", "recovery codes\n\n10 left"],
		...["The login codes are below\n2026-11-21", "codes: 4821-9930 7713-0042"],
		...[
			"Token limit\n200k tokens of Qwen2.5-Coder-32B",
			"Theme\n===\nS3cretPw9",
		],
		...["Password\n====\nis in .env", "backup codes\nstep-1 of build7"],
	])("what is none stays: %j", (text) => {
		expect(maskText(text)).toBe(text);
	});

	it("is found in time, however long", () => {
		for (const piece of [
			...["backup codes: ", "backup codes\n1234-5678\n", "Password\n====\n"],
			...["backup codes: 1234-5678 ", "codes\n- - ", "recovery-"],
		])
			expect(
				maskText(piece.repeat(1_000_000 / piece.length)).length,
			).toBeGreaterThan(0);
	}, 120_000);
});
