/** By what people and programs call files of secrets, wherever they lie. */
const SECRET =
	/^\.?env(rc)?$|^\.env(\..+)?$|\.env$|^[._](netrc|pgpass|npmrc|pypirc|git-credentials)$|^id_(rsa|ed25519|ecdsa|dsa)$|\.(pem|key|p12|pfx|jks|keystore|kdbx)$|(^|[._-])(secrets?|tokens?|credentials?|passwords?|api[._-]?keys?|oauth)([._-]|$)|^auth\.json$/i;
/** Programs and texts about tokens are no tokens. */
const HARMLESS =
	/\.(m?[jt]sx?|cjs|py|rb|sh|md|mdx|txt|html?|css|map|log|lock|png|svg|toml\.example|example|sample|template)$/i;

/** What a copy of a file is called: "auth.json.bak", ".env.old-2", "config.toml~", "auth.json.20260101". */
const OF_COPIES =
	/(?:~|[._-](?:bak|backup|old|orig|save|saved|copy|tmp|disabled|prev|previous|\d{1,14})(?:[._-][\w-]{1,30})?)$/i;

export function looksSecret(path: string): boolean {
	const name = path.slice(path.lastIndexOf("/") + 1);
	return SECRET.test(name) && !HARMLESS.test(name);
}

/** The path of what it was copied from, as far as its name tells that. */
export function withoutCopy(path: string): string {
	let name = path;
	// "x.bak.2~" has three of them.
	for (let left = 3; left > 0; left--) name = name.replace(OF_COPIES, "");
	return name.endsWith("/") || name === "" ? path : name;
}
