/** The package as a host's plugin gets it: built. For the scripts that show it. */
import type * as Adapter from "../src/index.ts";

const built = new URL("../dist/index.js", import.meta.url).href;

export const { createSnapshotCommand, hosts }: typeof Adapter = await import(
	built
);
