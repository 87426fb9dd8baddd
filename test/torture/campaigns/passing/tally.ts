import type { Trial } from "./trial.ts";

/** How many commands of each scene were done, and how many refused or left it alone: a campaign of these shows nothing. */
export class Tally {
	readonly #counts = new Map<string, { done: number; asked: number }>();

	add(scene: string, trial: Trial): void {
		const { answers } = trial;
		const known = this.#counts.get(scene) ?? { done: 0, asked: 0 };
		const done = answers.filter(
			(ran) => ran.code === 0 && !trial.isLeftAlone(ran),
		).length;
		this.#counts.set(scene, {
			done: known.done + done,
			asked: known.asked + answers.length,
		});
	}

	lines(): string[] {
		return [...this.#counts].map(
			([scene, { done, asked }]) => `    ${scene}: ${done} of ${asked} done`,
		);
	}
}
