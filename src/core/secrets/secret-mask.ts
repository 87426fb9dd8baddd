/** What stands in the place of a secret. */
export const MASK = "••••";

/** As many lines as there were, so that those that follow keep their numbers. */
export function masked(secret = ""): string {
	const lines = secret.split("\n").length;
	return Array.from({ length: lines }, () => MASK).join("\n");
}
