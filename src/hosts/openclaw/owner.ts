import type { OpenClawContext } from "./api.ts";

/** A client of the gateway has to be one that may do all. */
export function isOwner({
	gatewayClientScopes,
	assertOwnerCurrent,
}: OpenClawContext): boolean {
	if (gatewayClientScopes !== undefined)
		return gatewayClientScopes.includes("operator.admin");
	try {
		assertOwnerCurrent?.();
		return assertOwnerCurrent !== undefined;
	} catch {
		// Whatever it says: the sender is not the owner any more.
		return false;
	}
}
