import { MASK, maskText } from "../core/secrets/secrets.ts";
import { printable } from "../core/words.ts";

/** Of a repository, or what restic says of it: no login that stands in an address is shown, whatever is in it. */
export function shown(text: string): string {
	const without = text
		.replace(RCLONE, `$1,${MASK}$2`)
		.replace(LOGIN, `$1${MASK}@`)
		.replace(PARAMETER, `$1${MASK}`);
	return printable(maskText(without));
}

/** It has a password in it: what others on this machine would see, and a shell would remember. */
export function holdsSecret(address: string): boolean {
	const isSecret =
		/:\/\/[^/]*:[^/]*@/.test(address) || LOGIN_PATH.test(address);
	return isSecret || RCLONE.test(address) || address.match(PARAMETER) !== null;
}

/** What follows is no port: a "/" in a password. */
const NO_PORT = String.raw`:(?!\d{1,5}(?:[/"\s]|$))`;
const LOGIN_PATH = new RegExp(`://[^/\\n:[]*${NO_PORT}[^\\n]*@`);
/** Up to the last "@" before the path begins. */
const LOGIN = new RegExp(`(://)(?:[^/\\n:[]*${NO_PORT}[^\\n]*|[^/\\n]*)@`, "g");
/** "rclone:remote,user=ada,pass=…:path": its parameters hold whatever the service wants. */
const RCLONE = /^(rclone::?[^,:\s]*),.*(:[^:]*)$/;
const PARAMETER =
	/([,:][\w-]*(?:pass|secret|key|token)[\w-]*=)("[^"]*"|'[^']*'|[^,:"'\n]*)/gi;
