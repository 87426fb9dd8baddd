/** Of which every value is a secret that is no switch, numbers too. */
export const STRICT: ReadonlySet<string> = new Set([
	...["secret", "secrets", "password", "passwords", "passwd", "passphrase"],
	...["passcode", "pwd", "passwort", "kennwort", "pin", "otp", "totp"],
	...["pw", "psk", "2fa", "mfa", "cvv", "cvv2", "cvc", "cvc2"],
]);
/** Of words put together: "dbpassword". */
export const STRICT_ENDS = ["secret", "password", "passwd", "passphrase"];

export const STRONG: ReadonlySet<string> = new Set([
	...["token", "credential", "credentials", "creds", "cred", "cookie"],
	...["cookies", "authorization", "jwt", "mnemonic", "apikey", "authtoken"],
	...["accesstoken", "bearer", "sid", "sessid", "unseal"],
]);

/** Names of a kind of login as often as of a key: "auth: oauth". */
export const WEAK: ReadonlySet<string> = new Set([
	...["auth", "oauth", "pat", "dsn", "seed", "signature", "sig"],
	...["salt", "nonce", "hmac"],
]);
/** The same, where nothing follows: "api: openai", not "api_version". */
export const WEAK_ENDS: ReadonlySet<string> = new Set([
	...["api", "refresh", "access", "pass", "webhook", "recovery"],
]);

/** Of a login itself: "login: ada:…". "auth" is a kind of one as often. */
export const LOGIN: ReadonlySet<string> = new Set([
	"auth",
	"login",
	"userpass",
]);

/** Of what has several values, any of which may be a key. */
export const MAPS: ReadonlySet<string> = new Set([
	...["env", "envs", "environ", "environment", "headers", "auth", "login"],
]);

/** What tables of settings call the column with their names. */
export const NAMING: ReadonlySet<string> = new Set([
	...["name", "key", "k", "variable", "var", "env", "setting", "option"],
	...["scope", "property", "param", "parameter", "field"],
]);

/** Of the alphabet of a model: "eos_token". */
export const OF_MODELS: ReadonlySet<string> = new Set([
	...["eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "special"],
]);

/** What a token or key is for, if it is no count and no place in a table. */
export const LOGINS: ReadonlySet<string> = new Set([
	...["access", "refresh", "auth", "oauth", "api", "bot", "bearer", "session"],
	...["device", "push", "mcp", "app", "user", "secret", "private", "login"],
]);

/** What is a key of a table, a list or a keyboard: "session_key", "record_key". */
export const OF_LISTS: ReadonlySet<string> = new Set([
	...["sort", "session", "primary", "foreign", "cache", "public", "group"],
	...["map", "row", "lookup", "dedupe", "dedup", "idempotency", "partition"],
	...["hot", "short", "index", "object", "config", "setting", "settings"],
	...["translation", "message", "routing", "route", "thread", "chat", "job"],
	...["conversation", "lane", "memory", "peer", "unique", "natural", "column"],
	...["shard", "queue", "state", "parent", "child", "compound", "composite"],
	...["model", "provider", "agent", "context", "dict", "hash", "store"],
]);

/** Of the name without blanks, dashes and numbers: short numbers are secrets, too. */
export const STRICT_CODES = [
	...["doorcode", "gatecode", "garagecode", "alarmcode", "lockcode"],
	...["entrycode", "safecode", "accesscode", "securitycode"],
	...["verificationcode", "pairingcode", "invitecode", "logincode"],
	...["recoverycode", "recoverycodes", "backupcode", "backupcodes"],
	...["cardnumber", "securityanswer", "securityanswers", "secretanswer"],
];

/** The same, where a short number is a count. */
export const SECRET_ENDS = [
	...["apikey", "apikeys", "accesskey", "accesskeyid", "privatekey"],
	...["accountkey", "sshkey", "botkey"],
	...["webhookurl", "connectionstring", "seedphrase", "recoveryphrase"],
	...["devicecode", "authcode", "codeverifier", "secretid"],
	...["sessioncookie", "jsessionid", "phpsessid"],
];

/** Whatever follows: "api_key_old". */
export const SECRET_PARTS = [
	...["apikey", "privatekey", "secretkey", "accesskey", "masterkey"],
];

/** What is said of a secret, and is none: "token_count", "api_key_env", "password_file". */
export const HARMLESS_ENDS: ReadonlySet<string> = new Set([
	...["count", "counts", "limit", "limits", "budget", "usage", "length"],
	...["size", "max", "min", "total", "price", "cost", "rate", "window"],
	...["type", "kind", "url", "uri", "endpoint", "host", "path", "file"],
	...["dir", "directory", "name", "names", "env", "var", "variable"],
	...["header", "provider", "issuer", "expiry", "expires", "expired"],
	...["expiration", "at", "in", "ttl", "age", "enabled", "disabled"],
	...["required", "mode", "method", "methods", "scheme", "scope", "scopes"],
	...["id", "ids", "status", "state", "version", "policy", "timeout"],
	...["interval", "retries", "hint", "label", "prompt", "store", "created"],
	...["updated", "used", "rotated", "strategy", "backend", "format"],
	...["algorithm", "position", "index", "level", "profile", "profiles"],
]);

/** Headers and variables that tell nothing of anybody. */
export const HARMLESS_NAMES: ReadonlySet<string> = new Set([
	...["accept", "acceptlanguage", "acceptencoding", "contenttype"],
	...["contentlength", "useragent", "referer", "origin", "cachecontrol"],
	...["path", "home", "lang", "language", "tz", "term", "shell", "editor"],
	...["pwd", "tmpdir", "pythonpath", "nodeoptions", "user", "hostname"],
	...["name", "variable"],
]);
