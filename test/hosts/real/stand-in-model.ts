import http from "node:http";
import type { AddressInfo } from "node:net";

export interface StandInModel {
	readonly port: number;
	/** What was asked of it: a command that is answered without a model asks nothing. */
	readonly requests: readonly string[];
	stop(): Promise<void>;
}

/** Where a model would be: answers nothing, and counts what it is asked. Loopback only. */
export async function standInModel(): Promise<StandInModel> {
	const requests: string[] = [];
	const server = http.createServer((request, response) => {
		// Some agents look whether there is anybody.
		if (request.method === "POST") requests.push(request.url ?? "");
		response.writeHead(request.method === "POST" ? 500 : 200).end("{}");
	});
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		requests,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
