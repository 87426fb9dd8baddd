import { describe, expect, it } from "vitest";
import { keyDifferences } from "../../../src/core/diff/key-differences.ts";
import { maskValue } from "../../../src/core/secrets/mask-value.ts";
import { maskText } from "../../../src/core/secrets/secrets.ts";

describe("a list of arguments is read as a command line", () => {
	it.each<[readonly string[], string]>([
		[["mysql", "-u", "root", "-pswordfish"], "swordfish"],
		[["sshpass", "-p", "swordfish", "ssh", "h"], "swordfish"],
		[["redis-cli", "-a", "swordfish", "ping"], "swordfish"],
		[["7z", "x", "-pswordfish"], "swordfish"],
		[["-pS3cretPw9"], "S3cretPw9"],
		[["x", "-pS3cretPw9"], "S3cretPw9"],
		[["-a", "S3cretPw9"], "S3cretPw9"],
	])("%j", (list, secret) => {
		const items = (quote: string) =>
			list.map((one) => `  - ${quote}${one}${quote}`).join("\n");
		const texts = [
			JSON.stringify({ args: list }),
			JSON.stringify({ args: list }, null, 2),
			JSON.stringify({ body: JSON.stringify({ args: list }) }),
			`args: ['${list.join("', '")}']`,
			`args: [${list.join(", ")}]`,
			`args:\n${items("")}\nnext: 1`,
			`args:\n${items('"')}`,
			`${items("'")}`,
		];
		expect(texts.filter((text) => maskText(text).includes(secret))).toEqual([]);
		expect(JSON.stringify(maskValue({ args: list }))).not.toContain(secret);
		const kind = { isSecret: false, isOfVariables: false };
		for (const before of [[], [...list.slice(0, -1), "other"]]) {
			const difference = keyDifferences({ args: before }, { args: list }, kind);
			expect(JSON.stringify(difference)).not.toContain(secret);
		}
	});

	it("of the program that is named beside it", () => {
		const value = { command: "/bin/mysql", args: ["-pswordfish", "main"] };
		const shown = { command: "/bin/mysql", args: ["••••", "main"] };
		expect(maskValue(value)).toEqual(shown);
		expect(maskText(JSON.stringify(value))).not.toContain("swordfish");
		expect(maskText("command: mysql\nargs:\n  - -pswordfish\n  - main")).toBe(
			"command: mysql\nargs:\n  - -p••••\n  - main",
		);
		const kind = { isSecret: false, isOfVariables: false };
		expect(
			JSON.stringify(keyDifferences({ ...value, args: [] }, value, kind)),
		).not.toContain("swordfish");
	});

	it.each([
		...['["docker", "run", "-p", "8080:80"]', '["ls", "-a", "src2"]'],
		...['["mysql", "-u", "root", "-p", "main"]', "[gcc, -pthread, -pedantic]"],
		...['["python", "-preview2Build"]', "x[0] - a[i] -p", "- -p\n- main"],
		...["- mysql\n- -h\n- db1\n- main", '["redis-cli", "-p", "6379"]'],
	])("what is none of it stays: %s", (text) => {
		expect(maskText(text)).toBe(text);
	});

	it("in time, however long", () => {
		for (const piece of [
			...['"[","-a",', '["-a",', "['-p',", '[" ', "- -p\n", '["mysql","-p"],'],
			...["- -pa\n  - b\n", "[mysql -p ", '\\"['],
		])
			expect(
				maskText(piece.repeat(1_000_000 / piece.length)).length,
			).toBeGreaterThan(0);
	}, 120_000);
});
