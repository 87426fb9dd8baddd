import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { proxyTo } from "../../support/cutting-proxy.ts";
import { passwordFile, resticByHand } from "../../support/restic-server.ts";
import { snapshot } from "../../support/run-cli.ts";
import { scratch } from "../../support/scratch.ts";
import { type Ceph, type Key, startCeph } from "./ceph.ts";
import { count, plainHome, talk } from "./large-home.ts";

const DB_MB = count("DB_MB", 200);

let ceph: Ceph;
beforeAll(async () => {
	const folder = fs.mkdtempSync("/tmp/agent-snapshot-ceph-");
	ceph = await startCeph(folder);
	return () => fs.rmSync(folder, { recursive: true });
});
afterAll(() => ceph?.stop());

function keyFile(key: Key): string {
	const file = path.join(scratch(), "s3.env");
	fs.writeFileSync(
		file,
		`AWS_ACCESS_KEY_ID=${key.access}\nAWS_SECRET_ACCESS_KEY=${key.secret}\n`,
		{ mode: 0o600 },
	);
	return file;
}

async function added(home: string, bucket: string, key: Key, port: number) {
	const password = passwordFile(scratch());
	const repository = `s3:http://127.0.0.1:${port}/${bucket}`;
	const answer = await snapshot(home, [
		...["remote", "add", repository, "--password-file", password],
		...["--environment-file", keyFile(key)],
	]);
	expect(answer.json, answer.json.text).toMatchObject({ exitCode: 0 });
	return { answer, password, repository };
}

it(`keeps snapshots of ${DB_MB} MB in a bucket, is cut off, goes on, and comes back`, async () => {
	const home = plainHome(DB_MB);
	const proxy = await proxyTo(ceph.port);
	onTestFinished(() => proxy.stop());
	const port = Number(new URL(proxy.url.slice("rest:".length)).port);
	const { answer, password } = await added(home, "usual", ceph.owner, port);
	expect(answer.json.data).toMatchObject({ isNew: true, canDelete: true });
	for (let push = 1; push <= 3; push++) {
		talk(home, 50, push);
		await snapshot(home, ["create", `push ${push}`, "--force"]);
		proxy.cutAfter(push === 1 ? 5e6 : 200_000);
		const cut = await snapshot(home, ["remote", "push"], {
			under: ["timeout", "-s", "INT", "8"],
		});
		console.log(`cut ${push}: ${cut.code}`);
		expect(cut.json.exitCode).not.toBe(0);
		proxy.heal();
		const again = await snapshot(home, ["remote", "push"]);
		expect(again.json, again.json.text).toMatchObject({ exitCode: 0 });
	}
	const listed = await snapshot(home, ["remote", "list"]);
	expect(listed.json.data.snapshots).toHaveLength(3);
	// Not through the proxy, which stands still while a command by hand runs.
	const repository = `s3:http://127.0.0.1:${ceph.port}/usual`;
	const blank = path.join(scratch(), "blank");
	await snapshot(blank, [
		...["remote", "add", repository, "--password-file", password],
		...["--environment-file", keyFile(ceph.owner)],
	]);
	const back = await snapshot(blank, ["remote", "restore", "1"]);
	expect(back.json, back.json.text).toMatchObject({ exitCode: 0 });
	expect((await snapshot(blank, ["verify", "--full"])).json.exitCode).toBe(0);
	expectClean(repository, password, ceph.owner);
	const forgotten = await snapshot(home, ["remote", "forget"]);
	expect(forgotten.json, forgotten.json.text).toMatchObject({ exitCode: 0 });
});

it("tells of a key that may only add, as docs/remote.md has it, that it cannot delete", async () => {
	const agent = ceph.addUser("agent");
	for (const [target, init] of [
		["locked", { headers: { "x-amz-bucket-object-lock-enabled": "true" } }],
		["locked?object-lock", { body: THIRTY_DAYS }],
		["locked?policy", { body: POLICY }],
	] as const) {
		const answer = await ceph.s3(target, { method: "PUT", ...init });
		expect(answer.ok, await answer.text()).toBe(true);
	}
	const home = plainHome(5);
	const { answer, password, repository } = await added(
		home,
		"locked",
		agent,
		ceph.port,
	);
	expect(answer.json.data).toMatchObject({ canDelete: false });
	expect((await snapshot(home, ["status"])).json.text).toContain(
		"cannot delete",
	);
	for (const label of ["first", "second"]) {
		await snapshot(home, ["create", label, "--force"]);
		const pushed = await snapshot(home, ["remote", "push"]);
		expect(pushed.json, pushed.json.text).toMatchObject({ exitCode: 0 });
	}
	const refused = await snapshot(home, ["remote", "forget"]);
	expect(refused.json.text).toContain("delete none");
	expectClean(repository, password, agent);
});

it("cannot lose what the lock keeps, not even to a key that may delete", async () => {
	const list = await ceph.s3("locked?versions&prefix=snapshots/", {
		method: "GET",
	});
	const versions = await list.text();
	const name = versions.match(/<Key>([^<]+)/)?.[1];
	const version = versions.match(/<VersionId>([^<]+)/)?.[1];
	expect([name, version]).not.toContain(undefined);
	const statusOf = async (method: string, target: string) =>
		(await ceph.s3(target, { method })).status;
	expect(await statusOf("GET", `locked/${name}`)).toBe(200);
	expect(await statusOf("DELETE", `locked/${name}`)).toBe(204);
	expect(await statusOf("GET", `locked/${name}`)).toBe(404);
	const target = `locked/${name}?versionId=${version}`;
	expect(await statusOf("DELETE", target)).toBe(403);
	expect(await statusOf("GET", target)).toBe(200);
});

const THIRTY_DAYS = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;

const POLICY = JSON.stringify({
	Version: "2012-10-17",
	Statement: [
		{
			Effect: "Allow",
			Principal: { AWS: ["arn:aws:iam:::user/agent"] },
			Action: ["s3:ListBucket", "s3:GetBucketLocation"],
			Resource: ["arn:aws:s3:::locked"],
		},
		{
			Effect: "Allow",
			Principal: { AWS: ["arn:aws:iam:::user/agent"] },
			Action: ["s3:GetObject", "s3:PutObject"],
			Resource: ["arn:aws:s3:::locked/*"],
		},
		{
			Effect: "Allow",
			Principal: { AWS: ["arn:aws:iam:::user/agent"] },
			Action: ["s3:DeleteObject"],
			Resource: ["arn:aws:s3:::locked/locks/*"],
		},
		{
			Effect: "Allow",
			Principal: { AWS: ["arn:aws:iam:::user/owner"] },
			Action: ["s3:*"],
			Resource: ["arn:aws:s3:::locked", "arn:aws:s3:::locked/*"],
		},
	],
});

function expectClean(repository: string, password: string, key: Key): void {
	const env = {
		AWS_ACCESS_KEY_ID: key.access,
		AWS_SECRET_ACCESS_KEY: key.secret,
	};
	resticByHand(repository, password, ["unlock"], { env });
	const check = resticByHand(repository, password, ["check", "--read-data"], {
		env,
	});
	expect(check.status, check.stderr).toBe(0);
}
