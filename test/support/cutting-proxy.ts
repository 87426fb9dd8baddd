import { once } from "node:events";
import net from "node:net";

export interface Proxy {
	readonly url: string;
	/** Bytes that clients have sent so far. */
	sent(): number;
	/** HTTP requests that were begun. */
	requests(): number;
	/** Cuts all connections, and every new one at once, as soon as so many bytes more were sent. */
	cutAfter(bytes: number): void;
	/** Holds back what clients send as soon as so many bytes more were sent; resolves when it does. */
	holdAfter(bytes: number): Promise<void>;
	/** All goes through again. */
	heal(): void;
	stop(): Promise<void>;
}

/** A TCP proxy before a server of restic's protocol, which counts, holds and cuts. */
export async function proxyTo(port: number): Promise<Proxy> {
	const state = { sent: 0, requests: 0, limit: Infinity, isCutting: true };
	const pairs = new Set<readonly [net.Socket, net.Socket]>();
	let held: (() => void) | undefined;
	const cutAll = () => {
		for (const pair of pairs) for (const end of pair) end.destroy();
	};
	const server = net.createServer((client) => {
		const target = net.connect(port, "127.0.0.1");
		const pair = [client, target] as const;
		pairs.add(pair);
		const drop = () => {
			pairs.delete(pair);
			for (const end of pair) end.destroy();
		};
		for (const end of pair) end.on("error", drop).on("close", drop);
		target.pipe(client);
		client.on("data", (chunk: Buffer) => {
			state.sent += chunk.length;
			state.requests += requestsIn(chunk);
			if (state.sent >= state.limit && state.isCutting) return cutAll();
			target.write(chunk);
			if (state.sent >= state.limit) {
				for (const [one] of pairs) one.pause();
				held?.();
			}
		});
		if (state.sent >= state.limit && !state.isCutting) client.pause();
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address() as net.AddressInfo;
	return {
		url: `rest:http://127.0.0.1:${address.port}/`,
		sent: () => state.sent,
		requests: () => state.requests,
		cutAfter(bytes) {
			Object.assign(state, { limit: state.sent + bytes, isCutting: true });
		},
		holdAfter(bytes) {
			Object.assign(state, { limit: state.sent + bytes, isCutting: false });
			return new Promise((resolve) => {
				held = resolve;
			});
		},
		heal() {
			state.limit = Infinity;
			for (const [client] of pairs) client.resume();
		},
		async stop() {
			cutAll();
			server.close();
			await once(server, "close");
		},
	};
}

function requestsIn(chunk: Buffer): number {
	const text = chunk.toString("latin1");
	return (text.match(/(?:GET|HEAD|POST|DELETE) \/\S* HTTP\/1\.1\r\n/g) ?? [])
		.length;
}
