import { bytesText } from "../text/text.ts";

/** Whether whoever takes over this machine can delete what is elsewhere. */
export function deletionText(canDelete: boolean): string {
	return canDelete
		? "This machine can delete what is there, so whoever takes it over can, too: see docs/remote.md for servers that do not let it."
		: "This machine cannot delete what is there: good. Old ones are removed from another: see docs/remote.md.";
}

/** "12.3 MB of it new" */
export function addedText(bytes: number): string {
	return bytes === 0 ? "nothing of it new" : `${bytesText(bytes)} of it new`;
}
