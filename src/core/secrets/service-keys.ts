import { masked } from "./secret-mask.ts";

/**
 * Keys of services, told by how they begin and by nothing else: no path, id or label of a person's looks like one. Each goes
 * over a text once: what repeats has a limit, or ends where nothing else of it can begin.
 */
export const SERVICE_KEYS: readonly RegExp[] = [
	/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
	/(?<![A-Za-z\d])AGE-(?:SECRET-KEY|PLUGIN)-[A-Z0-9-]{16,}/gi,
	// OpenAI, Anthropic, OpenRouter, Stripe and all who do as they do.
	/(?<![\w-])(?:sk|rk)[-_](?:(?:ant|proj|or|svcacct|admin|live|test|lf|user|service)[-_][\w-]{12,}|[A-Za-z\d]{22}[\w-]*)/g,
	/(?<![\w-])(?:gh[pousr]_|github_pat_|gl[a-z]{2,6}-|xox[a-z]-|xapp-|hf_|npm_|gsk_|xai-|pplx-|r8_|tvly-|ntn_|lin_api_|dapi|do[opr]_v1_|shp[a-z]{2}_|sq0[a-z]{3}-|hv[sb]\.|pul-|sntry[su]_|figd_|sbp_|pscale_|ATATT|PMAK-|GOCSPX-|glsa_|tskey-|nvapi-)(?=[\w.-]{0,60}\d)[\w.-]{16,}/g,
	/(?<![\w-])(?:pypi-|SG\.|ya29\.|AIza)[\w.-]{16,}/g,
	// Tables and their indexes are called by more than the key: "cache_…_1".
	/(?<![A-Za-z\d])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|[sr]k_(?:live|test)_[A-Za-z\d]{16,99})(?![A-Za-z\d])/g,
	/(?<![A-Za-z\d])xox[a-z]-(?=[\w-]{0,20}\d)[\w-]{16,}/g,
	/(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{4,}(?:\.[\w-]*){0,3}/g,
	// Telegram.
	/(?<!\d)\d{8,12}:AA[\w-]{30,}/g,
];

const ANY = new RegExp(SERVICE_KEYS.map(({ source }) => source).join("|"), "i");

/** Shorter than any of them. */
const SHORTEST = 16;

/** For what is no text of an agent's but the name of something. */
export function maskServiceKeys(text: string): string {
	if (!holdsServiceKey(text)) return text;
	return SERVICE_KEYS.reduce(
		(before, form) => before.replace(form, masked),
		text,
	);
}

/** Of all texts within a value of JSON. One without any is handed back as it is: nearly all are. */
export function withoutServiceKeys<T>(value: T): T {
	return holdsServiceKey(value) ? (copied(value) as T) : value;
}

function holdsServiceKey(value: unknown): boolean {
	if (typeof value === "string")
		return value.length >= SHORTEST && ANY.test(value);
	if (typeof value !== "object" || value === null) return false;
	for (const key in value)
		if (holdsServiceKey(key) || holdsServiceKey(Reflect.get(value, key)))
			return true;
	return false;
}

function copied(value: unknown): unknown {
	if (typeof value === "string") return maskServiceKeys(value);
	if (Array.isArray(value)) return value.map(copied);
	if (typeof value !== "object" || value === null || value instanceof Date)
		return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => [
			maskServiceKeys(key),
			copied(one),
		]),
	);
}
