import fs from "node:fs";
import path from "node:path";
import { put } from "./put.ts";

/** One known difference: how it comes about below a directory, and what `diff --full` has to say of it. */
interface Known {
	readonly what: string;
	/** Of the file or directory; what is not there yet, or no more, is undefined. */
	readonly path: string;
	readonly before: Made;
	readonly after: Made;
	readonly said: RegExp;
}

/** Content; a link leads to its target; a directory holds nothing. */
type Made =
	| string
	| Buffer
	| { readonly link: string }
	| { readonly mode: number }
	| "directory"
	| undefined;

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
const latin1 = (text: string) => Buffer.from(text, "latin1");
const wide = (middle: string) =>
	`${"an x ".repeat(60_000)}${middle}${" or y".repeat(60_000)}\n`;
const onOneLine = (number: number) =>
	JSON.stringify({
		list: Array.from({ length: 9000 }, (_, index) => ({
			of: index === 7000 ? number : index,
			text: "as it was",
		})),
	});
const large = (end: string) => `${"a line of a log\n".repeat(300_000)}${end}`;

/** In "notes", a directory that a person has included. */
export const IN_FILES: readonly Known[] = [
	[
		"a text",
		"text.md",
		"a\nb\n",
		"a\nc\n",
		/text\.md: 1 line will go, 1 line will come back/,
	],
	[
		"only line ends",
		"ends.md",
		"a\nb\n",
		"a\r\nb\r\n",
		/ends\.md: only line ends differ/,
	],
	[
		"some line ends",
		"some.md",
		"a\r\nb\r\n",
		"a\r\nb\n",
		/some\.md: only line ends differ/,
	],
	[
		"line ends and a line",
		"both.md",
		"a\nb\n",
		"a\r\nc\r\n",
		/both\.md: 1 line will go, 1 line will come back, and line ends/,
	],
	[
		"only its encoding",
		"encoding.txt",
		latin1("café\n"),
		"café\n",
		/encoding\.txt: only encoding differs/,
	],
	[
		"only the order of bytes",
		"order.txt",
		utf16("é\n"),
		Buffer.from(utf16("é\n")).swap16(),
		/order\.txt: only encoding differs/,
	],
	[
		"only a mark",
		"mark.txt",
		"a\n",
		"\uFEFFa\n",
		/mark\.txt: only byte order mark differs/,
	],
	[
		"UTF-16",
		"utf16.txt",
		utf16("a\nb\n"),
		utf16("a\nc\n"),
		/utf16\.txt: 1 line will go, 1 line will come back/,
	],
	[
		"Latin-1",
		"latin1.txt",
		latin1("é\nü\n"),
		latin1("é\nu\n"),
		/latin1\.txt: 1 line will go, 1 line will come back/,
	],
	[
		"a last line without an end",
		"last.txt",
		"a\nb\n",
		"a\nb",
		/last\.txt: 1 line will go, 1 line will come back/,
	],
	["emptied", "emptied.md", "a\n", "", /emptied\.md: 1 line will come back/],
	["filled", "filled.md", "", "a\n", /filled\.md: 1 line will go/],
	[
		"a line of half a megabyte",
		"wide.txt",
		wide("A"),
		wide("B"),
		/-…(an x |x )+B or y.*…\n\+…(an x |x )+A or y.*…\n/,
	],
	[
		"a large text",
		"large.log",
		large(""),
		large("b\n"),
		/large\.log: differs, by 2 B in length/,
	],
	[
		"bytes",
		"bytes",
		Buffer.from([0, 1]),
		Buffer.from([0, 1, 2]),
		/notes\/bytes: 3 B → 2 B/,
	],
	[
		"bytes of one length",
		"same",
		Buffer.from([0, 1]),
		Buffer.from([0, 2]),
		/notes\/same: differs/,
	],
	[
		"comments",
		"comments.yaml",
		"# one\na: 1\n",
		"# two\na: 1\n",
		/comments\.yaml: only comments, spaces or order of keys differ/,
	],
	[
		"spaces",
		"spaces.json",
		'{"a":1}',
		'{ "a": 1 }\n',
		/spaces\.json: only comments/,
	],
	[
		"the order of keys",
		"keys.json",
		'{"a":1,"b":2}',
		'{"b":2,"a":1}',
		/keys\.json: only comments, spaces or order of keys differ/,
	],
	[
		"a key",
		"key.yaml",
		"a:\n  b: 1\n",
		"a:\n  b: 2\n",
		/key\.yaml: a\.b 2 → 1/,
	],
	[
		"a key more",
		"more.yaml",
		"a: 1\n",
		"a: 1\nb: x\n",
		/more\.yaml: b x will go/,
	],
	[
		"a number and a text",
		"number.yaml",
		"a: 90\n",
		'a: "90"\n',
		/number\.yaml: a "90" → 90/,
	],
	[
		"nothing and an empty text",
		"empty.yaml",
		'a: ""\n',
		"a: null\n",
		/empty\.yaml: a null → ""/,
	],
	[
		"true and a text",
		"true.json",
		'{"a":true}',
		'{"a":"true"}',
		/true\.json: a "true" → true/,
	],
	[
		"a large integer",
		"large.json",
		'{"id":9007199254740993}',
		'{"id":9007199254740992}',
		/large\.json: id 9007199254740992 → 9007199254740993/,
	],
	[
		"a large integer of YAML",
		"large.yaml",
		"id: 9007199254740993\nn: 1\n",
		"id: 9007199254740992\nn: 1\n",
		/large\.yaml: id 9007199254740992 → 9007199254740993/,
	],
	[
		"the order of a list",
		"list.yaml",
		"- name: x\n- name: y\n",
		"- name: y\n- name: x\n",
		/list\.yaml: \(order\) y, x → x, y/,
	],
	[
		"a long key",
		"long.json",
		JSON.stringify({ [`${"k".repeat(400)}`]: { end: 1 } }),
		JSON.stringify({ [`${"k".repeat(400)}`]: { end: 2 } }),
		/long\.json: k{50,60}…k+\.end 2 → 1/,
	],
	[
		"a megabyte on one line",
		"line.json",
		onOneLine(1),
		onOneLine(2),
		/line\.json: list\[7001\]\.of 2 → 1/,
	],
	[
		"a long value",
		"value.yaml",
		`a: ${"v".repeat(500)}1\n`,
		`a: ${"v".repeat(500)}2\n`,
		/value\.yaml: a …v+2 → …v+1/,
	],
	[
		"a comment of TOML",
		"a.toml",
		"a = 1 # x\n",
		"a = 1 # y\n",
		/a\.toml: only comments, spaces or order of keys differ/,
	],
	[
		"a key of TOML",
		"key.toml",
		"[a.b]\nc = 1\n",
		"[a.b]\nc = 2\n",
		/key\.toml: a\.b\.c 2 → 1/,
	],
	[
		"a key of TOML more",
		"more.toml",
		"a = 1\n",
		"a = 1\n[[b]]\nname = 'x'\n",
		/more\.toml: b \[\{"name":"x"\}\] will go/,
	],
	[
		"a time of TOML",
		"time.toml",
		"a = 2026-01-02T03:04:05.1+01:00\n",
		"a = 2026-01-02T03:04:05.2+01:00\n",
		/time\.toml: a "2026-01-02T03:04:05\.200\+01:00" → "2026-01-02T03:04:05\.100\+01:00"/,
	],
	[
		"nothing and a time",
		"nothing.toml",
		"a = {}\n",
		"a = 2026-01-02\n",
		/nothing\.toml: a "2026-01-02" → \{\}/,
	],
	[
		"a large integer of TOML",
		"large.toml",
		"id = 9007199254740993\n",
		"id = 9007199254740992\n",
		/large\.toml: id 9007199254740992 → 9007199254740993/,
	],
	[
		"a secret of TOML",
		"secret.toml",
		'[server]\napi_key = "Quill4Lemon9Tern"\n',
		'[server]\napi_key = "Quill4Lemon8Tern"\n',
		/secret\.toml: server\.api_key changed \(value hidden\)/,
	],
	[
		"no TOML any more",
		"broken.toml",
		"a = 1\n",
		"a = = 1\n",
		/broken\.toml: 1 line will go, 1 line will come back\n/,
	],
	[
		"a secret beside a line",
		"beside.md",
		"one\npassword: Quill4Lemon9Tern\n\nend\n",
		"two\npassword: Quill4Lemon8Tern\n\nend\n",
		/beside\.md: 1 line will go, 1 line will come back; it differs in what is hidden, too\n/,
	],
	[
		"a line beside a secret that is the same",
		"unlike.md",
		"one\npassword: Quill4Lemon9Tern\nend\n",
		"two\npassword: Quill4Lemon9Tern\nend\n",
		/unlike\.md: 1 line will go, 1 line will come back\n/,
	],
	[
		"one secret of two that read alike",
		"alike.md",
		"password: Quill4Lemon9Tern\npassword: Quill4Lemon8Tern\n",
		"password: Quill4Lemon8Tern\n",
		/alike\.md: 1 line will come back\n/,
	],
	[
		"only a secret",
		"hidden.md",
		"password: Quill4Lemon9Tern\n",
		"password: Quill4Lemon8Tern\n",
		/hidden\.md: differs in what is hidden\n/,
	],
	[
		"no JSON any more",
		"broken.json",
		'{"a":1}\n',
		'{"a":\n',
		/broken\.json: 1 line will go, 1 line will come back/,
	],
	[
		"a link",
		"link",
		{ link: "text.md" },
		{ link: "ends.md" },
		/notes\/link: link to ends\.md → text\.md/,
	],
	[
		"a link that was a file",
		"tolink",
		"a",
		{ link: "text.md" },
		/notes\/tolink: a link → a file/,
	],
	[
		"a file that was a link",
		"tofile",
		{ link: "text.md" },
		"a",
		/notes\/tofile: a file → a link/,
	],
	[
		"a directory that was a file",
		"todirectory",
		"a",
		"directory",
		/notes\/todirectory: a directory → a file/,
	],
	[
		"a file that was a directory",
		"wasdirectory",
		"directory",
		"a",
		/notes\/wasdirectory: a file → a directory/,
	],
	[
		"an empty directory",
		"emptythen",
		"directory",
		undefined,
		/1 directory will come back: notes\/emptythen/,
	],
	[
		"a new empty directory",
		"emptynow",
		undefined,
		"directory",
		/1 directory will go: notes\/emptynow/,
	],
	[
		"a mode",
		"mode.md",
		{ mode: 0o644 },
		{ mode: 0o600 },
		/notes\/mode\.md: mode 600 → 644/,
	],
	[
		"gone",
		"gone.md",
		"only then",
		undefined,
		/1 file \(9 B\) will come back: notes\/gone\.md/,
	],
	[
		"new",
		"new.md",
		undefined,
		"only now!",
		/1 file \(9 B\) will go: notes\/new\.md/,
	],
	[
		"a name of other letters",
		"né 漢.md",
		"a\n",
		"b\n",
		/notes\/né 漢\.md: 1 line/,
	],
].map(([what, name, before, after, said]) => ({
	what,
	path: `notes/${name}`,
	before,
	after,
	said,
})) as readonly Known[];

export function make(home: string, file: string, made: Made): void {
	const at = path.join(home, file);
	fs.rmSync(at, { recursive: true, force: true });
	if (made === undefined) return;
	if (made === "directory") fs.mkdirSync(at, { recursive: true });
	else if (typeof made === "object" && "link" in made)
		fs.symlinkSync(made.link, at);
	else if (typeof made === "object" && "mode" in made)
		put(home, file, "a mode\n", made.mode);
	else fs.writeFileSync(at, made);
}
