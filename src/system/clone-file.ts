import fs from "node:fs";
import { errorCode } from "../errors.ts";
import { toNative } from "./native-path.ts";

/** The filesystem has no clones, or not from there to here. */
const NO_CLONES: readonly string[] = [
	"ENOTSUP",
	"EOPNOTSUPP",
	"ENOTTY",
	"ENOSYS",
	"EINVAL",
	"EXDEV",
	"ENOENT", // no /proc
];

/** False after the first time that it could not be done: most disks have none. */
let isWorthTrying = process.platform === "linux";

/**
 * Makes a new file that shares its blocks with an open one until either is written to: btrfs, xfs. By the open file and not by
 * its name, which may stand for another by now. False: there is nothing, a copy has to be made.
 */
export function cloneFile(file: number, to: string, mode: number): boolean {
	if (!isWorthTrying) return false;
	const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = fs.constants;
	const target = toNative(to);
	try {
		const how = COPYFILE_EXCL | COPYFILE_FICLONE_FORCE;
		fs.copyFileSync(`/proc/self/fd/${file}`, target, how);
		fs.chmodSync(target, mode);
		return true;
	} catch (error) {
		if (!NO_CLONES.includes(errorCode(error) ?? "")) throw error;
		isWorthTrying = false;
		fs.rmSync(target, { force: true });
		return false;
	}
}
