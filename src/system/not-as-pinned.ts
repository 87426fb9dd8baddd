/** What was read raw cannot be relied on. The pin is still good: SQLite can copy it. */
export function notAsPinned(why: string): Error {
	return Object.assign(new Error(why), { code: "NOT_AS_PINNED" });
}
