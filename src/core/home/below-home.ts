import { errorCode } from "../../errors.ts";
import type { Agent } from "./agent.ts";

/** People write paths as they see them: "./config.yaml", "memories/", "/home/me/.hermes/config.yaml". */
export function belowHome(path: string, { home, system }: Agent): string {
	const written = asNamed(path)
		.replace(/\/+$/, "")
		.replace(/^(\.\/+)+/, "");
	const plain = written.startsWith("/")
		? throughLinks(written, system.disk)
		: written;
	return plain.startsWith(`${home}/`) ? plain.slice(home.length + 1) : plain;
}

/** A byte that is no UTF-8, which no chat can carry, as it was printed: see `printable`. */
function asNamed(path: string): string {
	return path.replace(/\\u(dc[89a-f][\da-f])/g, (_, code: string) =>
		String.fromCharCode(Number.parseInt(code, 16)),
	);
}

/** The home may have been named through a link. What is named in it may be gone, and is not to be followed itself. */
function throughLinks(path: string, disk: Agent["system"]["disk"]): string {
	const slash = path.lastIndexOf("/");
	if (slash <= 0) return path;
	try {
		return `${disk.realPath(path.slice(0, slash))}${path.slice(slash)}`;
	} catch (error) {
		if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			throw error;
		return `${throughLinks(path.slice(0, slash), disk)}${path.slice(slash)}`;
	}
}
