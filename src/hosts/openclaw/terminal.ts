import type { OpenClawApi } from "./api.ts";
import { commandFor } from "./command.ts";

/** `openclaw snapshot …`, for when the gateway is stopped: all that `agent-snapshot` can, for this home. */
export function registerTwin(
	api: OpenClawApi,
	name: string,
	description: string,
): void {
	const run = async (words: readonly string[]) => {
		const { exitCode, problem } = await commandFor(api).runInTerminal(
			words,
			`openclaw ${name}`,
		);
		if (problem !== "") console.error(problem);
		process.exitCode = exitCode;
	};
	api.registerCli(
		({ program }) => {
			program
				.command(name)
				.description(description)
				.argument("[words...]")
				.helpOption(false)
				.allowUnknownOption()
				.action(run);
		},
		{ descriptors: [{ name, description, hasSubcommands: false }] },
	);
}
