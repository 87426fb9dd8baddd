import { defineConfig } from "vitest/config";

/** `npm run test:remote`: what takes minutes. KILLS, CUTS, PUSHES and DB_MB say how much. */
export default defineConfig({
	test: {
		include: ["test/remote/campaign/*.campaign.ts"],
		testTimeout: 3_600_000,
		hookTimeout: 600_000,
		fileParallelism: false,
	},
});
