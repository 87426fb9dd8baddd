/** Of a file here that a process or thread of its own runs. In `dist` this code may have been moved into a chunk. */
export function workerUrl(
	name: "check-worker" | "examine-worker" | "compare-worker",
): URL {
	if (import.meta.url.endsWith(".ts"))
		return new URL(`./${name}.ts`, import.meta.url);
	const dist = import.meta.url.slice(
		0,
		import.meta.url.lastIndexOf("/dist/") + "/dist/".length,
	);
	return new URL(`system/${BUILT[name]}`, dist);
}

/** See scripts/build.ts. */
const BUILT = {
	"check-worker": "check-worker.js",
	"examine-worker": "examine-worker.js",
	"compare-worker": "compare-worker.cjs",
};
