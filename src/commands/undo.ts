import type { Handler } from "./call/handler.ts";
import { answerRestore } from "./restore.ts";

export const undo: Handler = (invocation) =>
	answerRestore(invocation, {
		target: "undo",
		include: [],
		select: [],
		undo: true,
	});
