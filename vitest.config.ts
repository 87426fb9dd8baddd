import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["test/**/*.test.ts"],
		// Real processes, real SQLite, homes of tens of megabytes, on machines of two cores.
		maxWorkers: "100%",
		testTimeout: 120_000,
		hookTimeout: 120_000,
	},
});
