const words = (
	"the agent keeps a schedule and a memory of every session when the update restarts the gateway please check " +
	"invoice meeting draft review customer branch deploy retry timeout token model config error index query 今天 服务器 日志"
).split(" ");

/** Text that depends on the seed only. */
export interface Prose {
	/** A whole number from 0 up to, not including, `below`. */
	number(below: number): number;
	hex(length: number): string;
	sentence(wordCount: number): string;
}

export function prose(seed: number): Prose {
	let state = seed >>> 0;
	const next = (): number => {
		// mulberry32: small, seeded, good enough for filler.
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	const number = (below: number) => Math.floor(next() * below);
	return {
		number,
		hex: (length) =>
			Array.from({ length }, () => number(16).toString(16)).join(""),
		sentence: (wordCount) =>
			Array.from({ length: wordCount }, () => words[number(words.length)]).join(
				" ",
			),
	};
}
