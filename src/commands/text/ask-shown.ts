import type { Invocation } from "../call/handler.ts";

type Asked = Pick<Invocation, "flags" | "confirm">;

/** A person at a terminal is shown what would be done, and asked; scripts say --yes. */
export async function isAgreed(
	{ flags, confirm }: Asked,
	shown: readonly string[],
): Promise<boolean> {
	if (flags.yes === true) return true;
	return confirm?.([...shown, "Do it?"].join("\n")) ?? false;
}

/** Who was asked has seen it. @param how to do it */
export function notDoneText(
	{ confirm }: Asked,
	shown: readonly string[],
	how: string,
): string {
	return confirm === undefined
		? [...shown, `Nothing was changed. ${how}`].join("\n")
		: "Nothing was changed.";
}
