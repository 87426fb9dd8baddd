import fs from "node:fs";
import { expect, it } from "vitest";

const extension = new URL(
	"../../extensions/snapshot/extension.mjs",
	import.meta.url,
);

it("Copilot's extension finds in our build all that it asks for", async () => {
	const text = fs.readFileSync(extension, "utf8");
	const ours = [...text.matchAll(/import \{ (.+) \} from "(\..+)"/g)];
	expect(ours.length).toBe(2);
	for (const [, names = "", file = ""] of ours) {
		const built = await import(new URL(file, extension).href);
		expect(Object.keys(built)).toEqual(
			expect.arrayContaining(names.split(", ")),
		);
	}
});
