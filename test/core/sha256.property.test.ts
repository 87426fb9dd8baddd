import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/core/sha256.ts";

function ofNode(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

describe("SHA-256 by hand", () => {
	it("is Node's, of any bytes", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
				expect(sha256(bytes)).toBe(ofNode(bytes));
			}),
		);
	});

	it("is Node's, whatever the length leaves of the last block", () => {
		for (let length = 0; length < 300; length++) {
			const bytes = Buffer.alloc(length, length);
			expect(sha256(bytes), `${length} bytes`).toBe(ofNode(bytes));
		}
	});
});
