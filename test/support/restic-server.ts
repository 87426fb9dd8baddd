import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { onTestFinished } from "vitest";
import { scratch } from "./scratch.ts";

/** Debian's `restic` and `rclone` are there: .ci/run installs them. */
export const hasRestic = ["restic", "rclone"].every(
	(name) => spawnSync(name, ["version"]).status === 0,
);

export interface Server {
	readonly port: number;
	readonly url: string;
	/** Where it keeps what it is given. */
	readonly folder: string;
	stop(): Promise<void>;
}

/** A real server of restic's REST protocol on loopback. Append-only unless told otherwise. */
export async function serveRestic(
	folder: string,
	flags: readonly string[] = ["--append-only"],
): Promise<Server> {
	fs.mkdirSync(folder, { recursive: true });
	const port = await freePort();
	const server = spawn(
		"rclone",
		["serve", "restic", ...flags, "--addr", `127.0.0.1:${port}`, folder],
		{ stdio: "ignore", env: { ...process.env, RCLONE_CONFIG: "/dev/null" } },
	);
	await untilListening(port, server);
	return {
		port,
		folder,
		url: `rest:http://127.0.0.1:${port}/`,
		async stop() {
			if (server.exitCode !== null || server.signalCode !== null) return;
			server.kill();
			await once(server, "exit");
		},
	};
}

/** As `serveRestic`, for one test. */
export async function testServer(flags?: readonly string[]): Promise<Server> {
	const server = await serveRestic(path.join(scratch(), "served"), flags);
	onTestFinished(() => server.stop());
	return server;
}

export async function freePort(): Promise<number> {
	const server = net.createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as net.AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

async function untilListening(
	port: number,
	server: ChildProcess,
): Promise<void> {
	while (server.exitCode === null) {
		const socket = net.connect(port, "127.0.0.1");
		const isUp = await new Promise<boolean>((resolve) => {
			socket.on("connect", () => resolve(true));
			socket.on("error", () => resolve(false));
		});
		socket.destroy();
		if (isUp) return;
	}
	throw new Error(`rclone ended with ${server.exitCode}`);
}

/** A file that holds a password, private. */
export function passwordFile(folder: string, password = "correct horse") {
	const file = path.join(folder, "restic.key");
	fs.writeFileSync(file, `${password}\n`, { mode: 0o600 });
	return file;
}

/** restic by hand, as a person without us has it. */
export function resticByHand(
	repository: string,
	key: string,
	words: readonly string[],
	{ env, ...options }: { cwd?: string; env?: Record<string, string> } = {},
) {
	const { status, stdout, stderr } = spawnSync(
		"restic",
		["--no-cache", ...words],
		{
			...options,
			encoding: "utf8",
			maxBuffer: 64 * 1024 * 1024,
			env: {
				...process.env,
				...env,
				TZ: "UTC",
				RESTIC_REPOSITORY: repository,
				RESTIC_PASSWORD_FILE: key,
			},
		},
	);
	return { status, stdout, stderr };
}
