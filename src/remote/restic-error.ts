import { type ErrorCode, SnapshotError } from "../errors.ts";
import type { Remote } from "./remotes.ts";
import {
	type Failure,
	type FailureKind,
	lockHolder,
} from "./restic-failure.ts";
import { shown } from "./shown.ts";

interface Sentence {
	readonly code: ErrorCode;
	/** Without what changed. */
	readonly message: string;
	readonly hint: string;
}

/** @param doing "push", "list": what did not come to its end */
export function resticError(
	{ kind, said }: Failure,
	{ repository, passwordFile }: Remote,
	doing: string,
): SnapshotError {
	const where = shown(repository);
	const words = said === "" ? "it does not say why" : shown(said);
	const sentences: Readonly<Record<FailureKind, Sentence>> = {
		"wrong-password": {
			code: "wrong-key",
			message: `The password in ${shown(passwordFile)} does not open ${where}.`,
			hint: "Put the right one into that file. Without it nobody can read what is there.",
		},
		"no-repository": {
			code: "not-found",
			message: `There is no repository at ${where}.`,
			hint: `Look at the address; \`remote add\` makes a repository where there is none: ${words}`,
		},
		locked: {
			code: "locked",
			message: `${where} is locked: ${lockHolder(said) ?? words}.`,
			hint: 'Try again when that has ended. If it has died on another machine: "restic unlock" there.',
		},
		refused: {
			code: "failed",
			message: `${where} refuses the ${doing}: ${words}.`,
			hint: "The credentials may not do that, or the server is append-only.",
		},
		"read-only": {
			code: "failed",
			message: `${where} can only be read: ${words}.`,
			hint: "It lies on a disk that is mounted read-only.",
		},
		damaged: {
			code: "damaged",
			message: `${where} is DAMAGED: ${words}.`,
			hint: "The snapshots here are not affected: push to another repository, too. `restic check` says more.",
		},
		"bad-address": {
			code: "failed",
			message: `${where} is no address that restic understands: ${words}.`,
			hint: "As restic has them: rest:https://HOST:8000/, sftp:USER@HOST:/DIR, s3:https://HOST/BUCKET, rclone:REMOTE:PATH, /DIR.",
		},
		"full-here": {
			code: "no-space",
			message: `The disk of the agent's home is full, on which restic puts together what it sends: ${words}.`,
			hint: "Free some space here, or remove old snapshots with `prune 5`.",
		},
		full: {
			code: "no-space",
			message: `${where} is full: ${words}.`,
			hint: "Make room there, or `remote forget` old ones from a machine that may.",
		},
		unreachable: {
			code: "failed",
			message: `${where} cannot be reached: ${words}.`,
			hint: `Try again later; of what was sent already, what restic had noted there is not sent again.`,
		},
		unread: {
			code: "failed",
			message: `restic could not read all of what it was to send: ${words}.`,
			hint: "What it noted lacks something: push again.",
		},
		other: {
			code: "failed",
			message: `restic did not finish the ${doing}: ${words}.`,
			hint:
				doing === "check"
					? "Nothing is known of the repository by that: check it again."
					: "`remote verify` tells whether the repository is sound.",
		},
	};
	const { code, message, hint } = sentences[kind];
	return new SnapshotError(
		code,
		`${message} Nothing in the agent's home was changed.`,
		{ hint },
	);
}
