import { usageError } from "./call/grammar.ts";
import type { Handler, Invocation } from "./call/handler.ts";
import type { Answer } from "./call/reply.ts";
import {
	installSchedule,
	removeSchedule,
} from "./schedule/schedule-install.ts";
import { scheduledRun } from "./schedule/schedule-run.ts";
import { scheduleStatus } from "./schedule/schedule-status.ts";

interface Action {
	readonly flags: readonly string[];
	readonly does: (invocation: Invocation) => Promise<Answer>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
	install: {
		flags: [
			...["nightly", "weekly-drill", "push", "user"],
			...["ping", "on-failure", "yes"],
		],
		does: installSchedule,
	},
	status: { flags: [], does: scheduleStatus },
	remove: { flags: ["yes"], does: removeSchedule },
	run: {
		flags: ["nightly", "weekly-drill", "push", "if-due", "quiet", "wait"],
		does: scheduledRun,
	},
};

export const schedule: Handler = (invocation) => {
	const { positionals, flags, verb } = invocation;
	const [name = ""] = positionals;
	const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
	if (action === undefined)
		throw usageError(
			verb,
			`schedule knows ${Object.keys(ACTIONS).join(", ")}, and no ${JSON.stringify(name)}.`,
		);
	const wrong = Object.keys(flags).find((flag) => !action.flags.includes(flag));
	if (wrong !== undefined)
		throw usageError(verb, `--${wrong} is not for schedule ${name}.`);
	return action.does(invocation);
};
