import { masked } from "./secret-mask.ts";

/** No part of it can begin another one, so each is read once. */
const URLS = /\bhttps?:\/\/([^\s/"'<>`\\]{1,200})(\/[^\s"'<>`\\]{1,1000})/g;
/** "hook.eu1.make.com", "hooks.zapier.com" */
const OF_HOOKS = /^(?:web)?hooks?\d{0,2}\./i;
/** What stands before the part that lets somebody in. */
const HOOK = /^(?:incoming)?-?(?:web)?hooks?(?:b2|[-_]test)?$/i;
/** Parts between slashes. */
const PART = /[^/?#]+/g;

/** Who knows the address of a webhook may send to it: what is drawn in it is a secret. */
export function maskHooks(text: string): string {
	return text.replace(URLS, (whole: string, host: string, path: string) => {
		if (!/hook/i.test(whole)) return whole;
		let isBehind = OF_HOOKS.test(host);
		const shown = path.replace(PART, (part: string) => {
			if (HOOK.test(part)) isBehind = true;
			return isBehind && isDrawn(part) ? masked() : part;
		});
		return whole.slice(0, whole.length - path.length) + shown;
	});
}

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i;

/** No word, number, version or name of a file. */
function isDrawn(part: string): boolean {
	if (UUID.test(part)) return true;
	if (!/^[\w~-]{7,}$/.test(part) || /^\d+$/.test(part)) return false;
	if (/^[A-Za-z\d]{20,}$/.test(part)) return true;
	const changes = part.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)/g)?.length ?? 0;
	return changes >= 3 || (changes === 2 && /^[a-z\d]+$/.test(part));
}
