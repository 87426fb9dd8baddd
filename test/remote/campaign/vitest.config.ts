import { defineConfig } from "vitest/config";

/** S3 needs a server of many packages: `npm run test:remote -- s3`. */
const isS3 = process.argv.includes("s3");

/** `npm run test:remote`: what takes minutes. KILLS, CUTS, PUSHES and DB_MB say how much. */
export default defineConfig({
	test: {
		include: ["test/remote/campaign/*.campaign.ts"],
		exclude: isS3 ? [] : ["**/s3.campaign.ts"],
		testTimeout: 3_600_000,
		hookTimeout: 600_000,
		fileParallelism: false,
	},
});
