/** How often kinds of characters change in a word, as they do in what a machine has drawn. */
interface Variety {
	/** Of its letters and digits. */
	readonly length: number;
	readonly changes: number;
	readonly hasDigits: boolean;
	readonly hasCases: boolean;
}

/** Letters, digits and cases. Capitals that begin a word are no change, and neither are the signs between words. */
export function varietyOf(word: string): Variety {
	const pieces = word
		.replace(/[A-Z](?=[a-z]{2})/g, (letter) => letter.toLowerCase())
		.split(/[^A-Za-z\d]+/);
	return {
		length: pieces.reduce((sum, piece) => sum + piece.length, 0),
		changes: pieces.reduce((sum, piece) => sum + changesIn(piece), 0),
		hasDigits: /\d/.test(word),
		hasCases: /[A-Z]/.test(word) && /[a-z]/.test(word),
	};
}

function changesIn(piece: string): number {
	let changes = 0;
	for (let at = 1; at < piece.length; at++)
		if (kindAt(piece, at) !== kindAt(piece, at - 1)) changes++;
	return changes;
}

/** A digit, a capital or a small letter: as they stand in ASCII. */
function kindAt(piece: string, at: number): number {
	return piece.charCodeAt(at) >> 5;
}
