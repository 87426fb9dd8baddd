/** Numbers as people read them. */

export function milliseconds(value: number): string {
	if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
	if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
	return value >= 10 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`;
}

/** Decimal, as disks are sold and as the rest of the project counts. */
export function bytes(value: number): string {
	if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
	if (value >= 1e8) return `${(value / 1e6).toFixed(0)} MB`;
	return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} MB`;
}

/** Two digits that say something. */
export function ratio(value: number): string {
	if (value >= 10) return value.toFixed(0);
	if (value >= 0.995) return value.toFixed(1);
	return value >= 0.095 ? value.toFixed(2) : value.toFixed(3);
}
