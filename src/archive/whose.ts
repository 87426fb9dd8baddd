import type { Host } from "../core/home/host.ts";
import { isWithin, matches } from "../core/home/paths.ts";

/** Whose state an archive holds, and where in it that begins. */
export interface Whose {
	readonly host: Host;
	/** "" or a directory of the archive: ".hermes". */
	readonly prefix: string;
}

/**
 * By what it holds: the agent and the directory of which the most of what is critical is there. Undefined: it is no agent's
 * that we know.
 */
export function whoseIs(
	names: readonly string[],
	hosts: readonly Host[],
): Whose | undefined {
	const all = new Set(names);
	let best: (Whose & { readonly count: number }) | undefined;
	for (const host of hosts) {
		const own = host.critical
			.filter(({ root }) => root === undefined)
			.map(({ path }) => path);
		for (const prefix of prefixesIn(names, own)) {
			const inside = [...all].flatMap((name) => below(name, prefix) ?? []);
			const count = own.filter((pattern) =>
				inside.some((name) => matches(name, pattern)),
			).length;
			// Of equal ones the outermost: what lies deeper is a copy or a part of it.
			if (best === undefined || count > best.count)
				best = { host, prefix, count };
		}
	}
	return best !== undefined && best.count >= ENOUGH ? best : undefined;
}

/** One name that they share is a chance. */
const ENOUGH = 2;

/** The directories in which something lies that is called as a critical file is, outermost first. */
function prefixesIn(
	names: readonly string[],
	own: readonly string[],
): string[] {
	const plain = own.filter((path) => !path.includes("*"));
	const found = new Set<string>();
	for (const name of names)
		for (const path of plain) {
			if (isWithin(name, path)) found.add("");
			const at = name.indexOf(`/${path}`);
			const end = at + path.length + 1;
			if (at > 0 && (end === name.length || name[end] === "/"))
				found.add(name.slice(0, at));
		}
	return [...found].sort((a, b) => a.length - b.length);
}

/** Undefined: it does not lie there. */
export function below(name: string, prefix: string): string | undefined {
	if (prefix === "") return name;
	return name.startsWith(`${prefix}/`)
		? name.slice(prefix.length + 1)
		: undefined;
}
