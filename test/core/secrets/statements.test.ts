import { describe, expect, it } from "vitest";
import { maskValue } from "../../../src/core/secrets/mask-value.ts";
import { maskText } from "../../../src/core/secrets/secrets.ts";

describe("a password in a statement or a command", () => {
	it.each([
		...[
			"ALTER USER ada WITH PASSWORD '#';",
			"CREATE ROLE a LOGIN PASSWORD '#';",
		],
		...["CREATE USER ada IDENTIFIED BY '#'", "SET PASSWORD = PASSWORD('#')"],
		...["create user ada identified by '#'", "alter role ada password = '#'"],
		...["set password for 'ada'@'localhost' = '#'", 'IDENTIFIED BY "#"'],
		...["identified with caching_sha2_password by '#'", "x PASSWORD ('#')"],
		...["gh auth login --with-token <<< #", "x --password-stdin <<< '#'"],
		"keytool -list -storepass # -keystore a.jks",
	])("is hidden, whatever it looks like: %s", (text) => {
		for (const secret of ["zebraA7", "Rex_2019", "sqlPw_4", "zebra"]) {
			const whole = text.replace("#", secret);
			const texts = [whole, JSON.stringify({ q: whole }), `a\n${whole}\nb`];
			for (const one of texts) expect(maskText(one)).not.toContain(secret);
			expect(JSON.stringify(maskValue({ q: whole }))).not.toContain(secret);
		}
		const [before = ""] = text.split(/PASSWORD\(|'?#/);
		expect(maskText(text.replace("#", "zebraA7"))).toContain(before);
	});

	it.each([
		["OTP 447813", "OTP ••••"],
		["my pin 4471, ok", "my pin ••••, ok"],
		["PUK 44749982", "PUK ••••"],
		["the password was changed to zebraA7", "the password was changed to ••••"],
	])("and in a sentence: %s", (text, shown) => {
		expect(maskText(text)).toBe(shown);
	});

	it.each([
		...["x PASSWORD '%s'", "x IDENTIFIED BY '?'", "x PASSWORD '$X'"],
		...["input.password('text')", "x --with-token <<< $TOKEN"],
		...["x --with-token < t.txt", "pin 13 of the board", "pin 2024-11-21"],
		...["the token changed to lowercase", "keytool -list -keystore a2.jks"],
		...["the user's password is 'required'", "otp 30 s"],
	])("what is none stays: %s", (text) => {
		expect(maskText(text)).toBe(text);
	});

	it("in time, however long", () => {
		for (const piece of [
			...["set password ", "identified with ", "PASSWORD '", "--a <<< "],
			...["password for a ", "user password(", "password was changed "],
		])
			expect(
				maskText(piece.repeat(1_000_000 / piece.length)).length,
			).toBeGreaterThan(0);
	}, 120_000);
});
