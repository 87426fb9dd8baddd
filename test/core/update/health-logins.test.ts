import { expect, it } from "vitest";
import { problemsOf } from "../../../src/core/update/health.ts";
import type { Changed } from "../../../src/core/update/health-look.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";

const token = (name: string) => `${name}-1234567890abcdef`;
const nous = { access_token: token("na"), refresh_token: token("nr") };
const codex = {
	tokens: { access_token: token("ca"), refresh_token: token("cr") },
};
const pool = { openrouter: [{ id: "k1", access_token: token("pool") }] };
const auth = {
	version: 1,
	active_provider: "nous",
	providers: { nous: { ...nous, expires_at: 1776086400 }, codex },
	credential_pool: pool,
};
const anthropic = {
	accessToken: token("aa"),
	refreshToken: token("ar"),
	expiresAt: 1776086400000,
};
const linear = {
	access_token: token("la"),
	refresh_token: token("lr"),
	token_type: "Bearer",
	client_secret: token("client"),
};
const none = { access_token: "", refresh_token: "" };

const AUTH = "auth.json";
const ANTHROPIC = ".anthropic_oauth.json";
const LINEAR = "mcp-tokens/linear.json";

function said(
	path: string,
	before: unknown,
	after: unknown,
	more: Changed[] = [],
) {
	const state = { entries: [], missed: [] };
	const changed = [
		{
			path,
			before: { parsed: { value: before } },
			after: { parsed: { value: after } },
		},
		...more,
	];
	return problemsOf(hermes, state, state, changed).map(({ what }) => what);
}

it.each<[string, string, before: object, after: object, string[]]>([
	[
		"all",
		AUTH,
		auth,
		{ version: 1, active_provider: null },
		[
			"has lost the login providers.nous, the login providers.codex, the login credential_pool.openrouter",
		],
	],
	[
		"all, behind another form",
		AUTH,
		{ ...auth, credential_pool: {}, providers: { nous } },
		{ version: 2, active_provider: "nous", accounts: [] },
		["has lost the login providers.nous"],
	],
	[
		"one",
		AUTH,
		auth,
		{ ...auth, providers: { codex } },
		["has lost the login providers.nous"],
	],
	[
		"a list",
		AUTH,
		auth,
		{ ...auth, credential_pool: undefined },
		["has lost the login credential_pool.openrouter"],
	],
	[
		"its tokens",
		AUTH,
		auth,
		{ ...auth, providers: { nous: none, codex } },
		["has lost the login providers.nous"],
	],
	[
		"its tokens, but for when they end",
		ANTHROPIC,
		anthropic,
		{ accessToken: null, refreshToken: null, expiresAt: 1776086400000 },
		["has lost its login"],
	],
	[
		"all but when it ends",
		ANTHROPIC,
		anthropic,
		{ expiresAt: 0 },
		["has lost its login"],
	],
	[
		"all but its type",
		LINEAR,
		linear,
		{ token_type: "Bearer" },
		["has lost its login"],
	],
	[
		"all but the program's own",
		LINEAR,
		linear,
		{ ...linear, ...none },
		["has lost its login"],
	],
	[
		"one of somebody whose name is not shown",
		AUTH,
		{ providers: { "4915112345678": nous, codex } },
		{ providers: { codex } },
		["has lost 1 login"],
	],
])("logins: a file that has lost %s", (_, path, before, after, whys) => {
	expect(said(path, before, after)).toEqual(whys);
});

const drawn = { access_token: token("new-a"), refresh_token: token("new-r") };

it.each<[string, string, before: object, after: object]>([
	[
		"drawn anew",
		AUTH,
		auth,
		{ ...auth, providers: { nous: drawn, codex: { tokens: drawn } } },
	],
	[
		"of another form",
		AUTH,
		auth,
		{ ...auth, providers: { nous, codex: drawn } },
	],
	["moved", AUTH, auth, { accounts: [nous, codex.tokens, ...pool.openrouter] }],
	[
		"moved and drawn anew",
		AUTH,
		{ providers: { nous } },
		{ version: 2, accounts: [{ provider: "nous", ...drawn }] },
	],
	[
		"not to be refreshed any more",
		ANTHROPIC,
		anthropic,
		{ accessToken: token("new") },
	],
	["within a frame", LINEAR, linear, { tokens: drawn, token_type: "Bearer" }],
])("logins that are %s are there", (_, path, before, after) => {
	expect(said(path, before, after)).toEqual([]);
});

it("logins whose tokens stand in another file are there", () => {
	const after = { ...auth, providers: { codex } };
	const other = {
		path: "shared/nous_auth.json",
		before: {},
		after: { parsed: { value: nous } },
	};
	expect(said(AUTH, auth, after, [other])).toEqual([]);
});
