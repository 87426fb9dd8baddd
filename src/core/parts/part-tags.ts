import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { KEY_LENGTH, tagOf } from "../../tag.ts";
import { isFile } from "../capture/entry.ts";
import { readNote, writeNote } from "../files/noted.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { unlessDiskFails } from "../sizes/sizes-by-looking.ts";
import { giveToOwner } from "../store/store.ts";

const Noted = v.object({
	key: v.pipe(
		v.string(),
		v.base64(),
		// A rotten bit makes a longer one of it.
		v.check((text) => Buffer.from(text, "base64").length === KEY_LENGTH),
	),
	/** By the SHA-256 of a part. */
	tags: v.record(v.string(), v.string()),
});

/**
 * The tags of the parts of the newest snapshot, by which the next one tells which of them are the same. Only noted: without
 * them parts are told by their SHA-256, which takes longer. A wrong one is that of no part.
 */
export class PartTags {
	readonly #agent: Pick<Agent, "system" | "store">;
	#noted: { key: Uint8Array; tags: Map<string, string> } | undefined;
	#isNew = false;

	constructor(agent: Pick<Agent, "system" | "store">) {
		this.#agent = agent;
	}

	get key(): Uint8Array {
		return this.#all.key;
	}

	of(bytes: Uint8Array): string {
		return tagOf(this.key, bytes);
	}

	/** @param sha256 of a part */
	get(sha256: string): string | undefined {
		return this.#all.tags.get(sha256);
	}

	learn(sha256: string, tag: string): void {
		if (this.get(sha256) === tag) return;
		this.#all.tags.set(sha256, tag);
		this.#isNew = true;
	}

	/** Those of a snapshot that was made, for the next one. */
	note({ entries }: Manifest): void {
		if (!this.#isNew) return;
		const { system, store } = this.#agent;
		const parts = entries.flatMap((entry) =>
			isFile(entry) ? (entry.parts?.sha256 ?? []) : [],
		);
		const tags = Object.fromEntries(
			parts.map((sha256) => [sha256, this.get(sha256)]),
		);
		const key = Buffer.from(this.key).toString("base64");
		unlessDiskFails(() => {
			writeNote(system.disk, store.tags, { key, tags });
			const owner = system.disk.stat(store.home);
			if (owner) giveToOwner(system, store.tags, owner);
		});
	}

	/** Read when the first is asked for: most captures have nothing in parts, or nothing that was written to. */
	get #all() {
		this.#noted ??= read(this.#agent);
		return this.#noted;
	}
}

function read({ system, store }: Pick<Agent, "system" | "store">) {
	const { success, output } = v.safeParse(
		Noted,
		readNote(system.disk, store.tags),
	);
	return success
		? {
				key: Buffer.from(output.key, "base64"),
				tags: new Map(Object.entries(output.tags)),
			}
		: { key: randomBytes(KEY_LENGTH), tags: new Map<string, string>() };
}
