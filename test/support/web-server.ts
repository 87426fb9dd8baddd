import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Posted {
	readonly url: string;
	readonly text: string;
	readonly authorization: string | undefined;
}

/**
 * A server on loopback that takes what is posted; closed when the test ends.
 * @param answer the status of each; undefined: none ever
 */
export async function startWebServer(
	answer: (posted: Posted) => number | undefined = () => 200,
): Promise<{ address: string; posted: Posted[] }> {
	const posted: Posted[] = [];
	const server = http.createServer(async (request, response) => {
		const parts: Buffer[] = [];
		for await (const part of request) parts.push(part as Buffer);
		const one = {
			url: request.url ?? "",
			text: String(Buffer.concat(parts)),
			authorization: request.headers.authorization,
		};
		posted.push(one);
		const status = answer(one);
		if (status !== undefined) response.writeHead(status).end("all right");
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return { address: `http://127.0.0.1:${port}`, posted };
}
