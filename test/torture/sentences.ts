import type { Ran } from "./run-subject.ts";
import type { Subject } from "./subjects.ts";

/** What is wrong with every answer, whatever was asked: no reply, a bug, anything on standard error. */
export function misbehaviour(subject: Subject, ran: Ran): string[] {
	if (subject.name !== "ours") return [];
	const { words, code, reply, stderr, stdout } = ran;
	if (reply === undefined)
		return [
			`${words}: no reply (exit ${code}): ${stdout.slice(-300)} ${stderr.slice(-600)}`,
		];
	const isBug = code === 70 || reply.error?.code === "bug";
	return [
		...(isBug ? [`${words}: a bug: ${reply.text.slice(0, 600)}`] : []),
		...(reply.exitCode === code
			? []
			: [`${words}: exit ${code}, and the reply says ${reply.exitCode}`]),
		...(stderr === ""
			? []
			: [`${words}: on standard error: ${stderr.slice(0, 600)}`]),
	];
}

/** Whether a failure's sentence says what it left behind, as each must. */
export function saysWhatChanged(text: string): boolean {
	return /Nothing (else |in the agent's home )?was changed|stopped half-way|could not be finished/.test(
		text,
	);
}

/** What a command said of itself. */
export type Told = "done" | "incomplete" | "refused" | "half-way" | "nothing";

export interface Telling {
	readonly told: Told;
	/** What a person should not have to read. */
	readonly faults: readonly string[];
}

/** Reads exit code and sentence. The original has no more than an exit code to be held to. */
export function tellingOf(ran: Ran): Telling {
	const { code, signal, reply, stdout, stderr } = ran;
	if (code === 0) return { told: "done", faults: [] };
	if (code === null)
		return { told: "nothing", faults: [`it was ended by ${signal}`] };
	if (reply === undefined) {
		const isOurs = stdout.startsWith("{") || stderr !== "";
		return { told: "refused", faults: isOurs ? [] : ["it said nothing"] };
	}
	const { text, error } = reply;
	// Made, and it names what it lacks: allowed, as long as nothing older had to go for it.
	if (code === 3 && error?.code === "incomplete" && /INCOMPLETE/.test(text))
		return { told: "incomplete", faults: [] };
	const isHalfWay = /stopped half-way|could not be finished/.test(text);
	const faults = [
		...(error === undefined ? ["it failed without an error"] : []),
		...(error?.code === "bug" || code === 70 ? ["it calls that a bug"] : []),
		...(saysWhatChanged(text)
			? []
			: ["it does not say whether anything changed"]),
		...(stderr === "" ? [] : [`it printed: ${stderr}`]),
	];
	const told = isHalfWay ? "half-way" : "refused";
	const quoted = faults.map((fault) => `${fault}: ${code} ${text}`);
	return { told, faults: quoted };
}
