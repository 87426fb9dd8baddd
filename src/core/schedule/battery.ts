import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { readText } from "../files/durable.ts";

/** Where Linux tells of batteries (Documentation/ABI/testing/sysfs-class-power). */
const SUPPLIES = "/sys/class/power_supply";

/** In percent: what is left is for the person who works on it. */
const LOW = 20;

/** How full the battery is that the machine runs on, in percent. Undefined: full enough, or it runs on none, as far as it tells. */
export function lowBattery(disk: Disk): number | undefined {
	const batteries = suppliesOf(disk).filter(
		// Those of mice and keyboards belong to a device.
		({ type, scope }) => type === "Battery" && scope !== "Device",
	);
	const levels = batteries
		.filter(({ capacity }) => /^\d+$/.test(capacity))
		.map(({ capacity }) => Number(capacity));
	const isOnBattery = batteries.some(({ status }) => status === "Discharging");
	if (!isOnBattery || levels.length === 0) return undefined;
	const level = levels.reduce((sum, one) => sum + one, 0) / levels.length;
	return level < LOW ? Math.round(level) : undefined;
}

type Supply = Readonly<
	Record<"type" | "scope" | "status" | "capacity", string>
>;

function suppliesOf(disk: Disk): Supply[] {
	if (disk.stat(SUPPLIES)?.kind !== "directory") return [];
	return disk.names(SUPPLIES).map((name) => {
		const said = (what: string) => textOf(disk, `${SUPPLIES}/${name}/${what}`);
		return {
			type: said("type"),
			scope: said("scope"),
			status: said("status"),
			capacity: said("capacity"),
		};
	});
}

/** A device that has just gone says nothing. */
function textOf(disk: Disk, path: string): string {
	try {
		return readText(disk, path, 64 * 1024)?.trim() ?? "";
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return "";
	}
}
