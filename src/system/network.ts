import { errorCode } from "../errors.ts";

/** See Network. */
export async function post(
	url: string,
	text: string,
	milliseconds: number,
): Promise<string | undefined> {
	try {
		const { address, headers } = withoutLogin(new URL(url));
		const response = await fetch(address, {
			method: "POST",
			body: text,
			headers: { "content-type": "text/plain; charset=utf-8", ...headers },
			signal: AbortSignal.timeout(milliseconds),
		});
		// What it says is of no use, and may be without end.
		await response.body?.cancel();
		return response.ok ? undefined : `it answered ${response.status}`;
	} catch (error) {
		return whyNot(error, milliseconds);
	}
}

/** `fetch` takes no address with a login in it. */
function withoutLogin(url: URL): {
	address: URL;
	headers: Record<string, string>;
} {
	const { username, password } = url;
	if (username === "" && password === "") return { address: url, headers: {} };
	const login = [username, password].map(decodeURIComponent).join(":");
	const address = new URL(url);
	address.username = "";
	address.password = "";
	const encoded = Buffer.from(login).toString("base64");
	return { address, headers: { authorization: `Basic ${encoded}` } };
}

/** By its code: what Node says has the address in it. */
function whyNot(error: unknown, milliseconds: number): string {
	if (!(error instanceof Error)) return "it failed";
	if (error.name === "TimeoutError")
		return `it took longer than ${milliseconds / 1000} s`;
	const code = errorCode(error.cause) ?? errorCode(error);
	return code ?? "it could not be reached";
}
