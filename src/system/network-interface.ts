/** What is asked of other machines. */
export interface Network {
	/**
	 * Posts a text. Never rejects, and never says the address, which may be a secret.
	 * @param milliseconds how long it may take
	 * @returns why it was not taken; undefined: it was
	 */
	post(
		url: string,
		text: string,
		milliseconds: number,
	): Promise<string | undefined>;
}
