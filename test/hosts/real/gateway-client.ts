/** A client of OpenClaw's gateway, over its WebSocket. */
export interface GatewayClient {
	/** Calls a method of the gateway's API. */
	request<T>(method: string, params: object): Promise<T>;
	/** Types a message into the main session, and resolves with what is shown as the answer. */
	say(message: string): Promise<string>;
	close(): void;
	/** When the connection ends, whoever ends it. */
	readonly closed: Promise<void>;
}

interface Frame {
	readonly type: "res" | "event";
	readonly id?: string;
	readonly ok?: boolean;
	readonly payload?: unknown;
	readonly error?: unknown;
	readonly event?: string;
}

interface ChatEvent {
	readonly runId: string;
	readonly state: string;
	readonly message?: { readonly content: readonly { readonly text: string }[] };
}

/** Rejects where nobody listens yet, or where it is refused: while the gateway starts, say. */
export async function connect(
	port: number,
	token: string,
	scopes: readonly string[],
): Promise<GatewayClient> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}`);
	const closed = new Promise<void>((resolve) => {
		socket.addEventListener("close", () => resolve());
	});
	const lost = closed.then((): never => {
		throw new Error("the gateway has closed the connection");
	});
	// It is looked at by those who wait for an answer, and there may be none.
	lost.catch(() => {});
	const answers = new Map<string, (frame: Frame) => void>();
	const runs = new Map<string, (text: string) => void>();
	const challenged = new Promise<void>((resolve) => {
		socket.addEventListener("message", ({ data }) => {
			const frame: Frame = JSON.parse(String(data));
			if (frame.event === "connect.challenge") resolve();
			if (frame.type === "res") answers.get(frame.id ?? "")?.(frame);
			if (frame.event === "chat") tell(runs, frame.payload as ChatEvent);
		});
	});
	const request = async <T>(method: string, params: object): Promise<T> => {
		const id = crypto.randomUUID();
		const answer = new Promise<Frame>((resolve) => answers.set(id, resolve));
		socket.send(JSON.stringify({ type: "req", id, method, params }));
		const { ok, payload, error } = await Promise.race([answer, lost]);
		if (ok !== true) throw new Error(`${method}: ${JSON.stringify(error)}`);
		return payload as T;
	};
	await Promise.race([challenged, lost]);
	await request("connect", hello(token, scopes));
	return {
		request,
		async say(message) {
			const runId = crypto.randomUUID();
			const shown = new Promise<string>((resolve) => runs.set(runId, resolve));
			await request("chat.send", {
				sessionKey: "main",
				message,
				idempotencyKey: runId,
			});
			return Promise.race([shown, lost]);
		},
		close: () => socket.close(),
		closed,
	};
}

/** The key that a message was sent with is the name of its run. */
function tell(
	runs: ReadonlyMap<string, (text: string) => void>,
	{ runId, state, message }: ChatEvent,
): void {
	if (state !== "final" && state !== "error") return;
	const texts = message?.content.map(({ text }) => text) ?? [];
	runs.get(runId)?.(texts.join("\n"));
}

/** On the loopback, with the shared token, a client of this kind need not be paired. */
function hello(token: string, scopes: readonly string[]): object {
	return {
		minProtocol: 4,
		maxProtocol: 4,
		client: {
			id: "gateway-client",
			version: "0",
			platform: process.platform,
			mode: "backend",
		},
		role: "operator",
		scopes,
		caps: [],
		commands: [],
		permissions: {},
		auth: { token },
	};
}
