import { whereIs } from "./mounts.ts";

/** What the campaigns call, and the Debian package that it is in. */
const TOOLS: Readonly<Record<string, string>> = {
	strace: "strace",
	python3: "python3",
	mount: "mount",
	unshare: "util-linux",
	prlimit: "util-linux",
	"mkfs.ext4": "e2fsprogs",
	"mkfs.xfs": "xfsprogs",
	"mkfs.btrfs": "btrfs-progs",
};

/** Why this machine cannot be tortured, for people; undefined when it can. */
export function whyUnable(): string | undefined {
	if (process.platform !== "linux" || process.getuid?.() !== 0)
		return "npm run torture needs Linux and root: it mounts disks and traces processes.";
	const missing = Object.keys(TOOLS).filter(
		(tool) => whereIs(tool) === undefined,
	);
	if (missing.length === 0) return undefined;
	const packages = new Set(missing.map((tool) => TOOLS[tool]));
	return `npm run torture needs ${missing.join(", ")}: apt-get install ${[...packages].join(" ")}`;
}
