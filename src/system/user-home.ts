import { homedir } from "node:os";
import { errorCode } from "../errors.ts";

/** What "~" stands for. A user of a number without a name, as in containers, has none unless HOME says so: "/" then. */
export function userHome(): string {
	try {
		return homedir();
	} catch (error) {
		if (errorCode(error) !== "ENOENT" && !String(error).includes("ENOENT"))
			throw error;
		return "/";
	}
}
