import assert from "node:assert/strict";
import { httpCache, RemoteError } from "../../../../engine/store/shared/http_cache.ts";
import { signedBy } from "../../../../engine/store/shared/s3.ts";
import { keys, s3Server, signatureOf } from "./s3_server.ts";
import { cacheBehind, outcomeOf, publishAt } from "./world.ts";

const region = "eu-central-1";
const bucket = "a-bucket";

/** A file that says who asks the store at an address, for as long as `body` runs. */
async function withFile(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await Deno.chmod(path, 0o600);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("the stand-in signs as Amazon's documentation does", () => {
  // "GET Object" of "Authenticating Requests: Using the Authorization Header", with its own keys.
  const scope = "20130524/us-east-1/s3/aws4_request";
  const signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
  const signed = "host;range;x-amz-content-sha256;x-amz-date";
  const headers = new Headers({
    host: "examplebucket.s3.amazonaws.com",
    range: "bytes=0-9",
    "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-amz-date": "20130524T000000Z",
    authorization:
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
  });
  const request = {
    method: "GET",
    url: "https://examplebucket.s3.amazonaws.com/test.txt",
    headers,
  };
  assert.equal(signatureOf(request, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), signature);
});

Deno.test("a bucket is a shared store: every request is signed, bodies with their digests", async () => {
  await using server = s3Server({ bucket, region });
  const made = outcomeOf("a", [0, 10, (4 << 20) + 1]);
  const address = server.address("some/prefix");
  await withFile(`${address} s3 ${keys.accessKeyId}:${keys.secretAccessKey}\n`, async (path) => {
    const credentials = { credentials: path };
    const { store: writing, said } = await cacheBehind(address, { ...credentials, write: true });
    await writing.publish(made.key, made.outcome, made.blobs);
    const { key, outcome } = made;
    assert.equal(await writing.sharing!.offer({ key, outcome }, []), true, said.join());
    const { store, said: also } = await cacheBehind(address, credentials);
    assert.deepEqual(await store.outcome(key), outcome);
    for (const [digest, bytes] of made.blobs) assert.deepEqual(await store.read(digest), bytes);
    assert.equal(await store.outcome(outcomeOf("b", []).key), undefined);
    assert.deepEqual([said, also], [[], []]);
  });
  assert.ok(
    [...server.entries.keys()].every((path) => /^\/a-bucket\/some\/prefix\/(ac|cas)\//.test(path)),
  );
  assert.equal(server.entries.size, 5);
  assert.ok(server.asked.length > 10 && server.asked.every(({ refused }) => refused === undefined));
});

Deno.test("requests by others, for another region, or with another body are refused", async () => {
  await using server = s3Server({ bucket, region });
  const url = `${server.endpoint}/${bucket}`;
  const entry = { kind: "cas", name: "ab".repeat(32) } as const;
  const refused = async (authorize: Parameters<typeof httpCache>[1]["authorize"], why: string) => {
    server.asked.length = 0;
    const cache = httpCache(url, { idle: 5000, authorize });
    const body = { content: new Uint8Array([1]), bytes: 1 };
    const denied = (error: unknown) => error instanceof RemoteError && error.what === "refused";
    await assert.rejects(cache.put(entry, body), denied);
    assert.deepEqual(server.asked.map(({ refused }) => refused), [why]);
  };
  await refused(undefined, "InvalidAccessKeyId");
  await refused(signedBy({ ...keys, accessKeyId: "OTHER" }, region), "InvalidAccessKeyId");
  await refused(signedBy({ ...keys, secretAccessKey: "x" }, region), "SignatureDoesNotMatch");
  await refused(signedBy(keys, "us-east-1"), "AuthorizationHeaderMalformed");
  // The name of the entry is not the digest of this body.
  await refused(signedBy(keys, region), "XAmzContentSHA256Mismatch");
});

Deno.test("a session's token goes along, signed; the secret does not", async () => {
  const authorize = signedBy({ ...keys, sessionToken: "lent" }, region);
  const headers = await authorize({ method: "GET", url: "https://s3.example/b/ac/x" });
  assert.equal(headers["x-amz-security-token"], "lent");
  assert.match(headers.authorization!, /SignedHeaders=[^,]*x-amz-security-token/);
  assert.ok(!JSON.stringify(headers).includes(keys.secretAccessKey));
});

Deno.test("what S3 answers with an error costs tries, a sentence, and no wrong result", async () => {
  await using server = s3Server({ bucket, region });
  const address = server.address("");
  server.state.fault = () => new Response("<Error><Code>SlowDown</Code></Error>", { status: 503 });
  const [asked, put, ...more] = await publishAt(address, outcomeOf("a", []));
  assert.match(asked!, /answered 503 .*; this store is asked no more$/);
  assert.match(put!, /answered 503 .*; no more is published there$/);
  assert.deepEqual(more, []);
  const { store, said } = await cacheBehind(address);
  assert.equal(await store.outcome(outcomeOf("a", []).key), undefined);
  assert.match(
    said.join(),
    /\/a-bucket\/ac\/[0-9a-f]{64}` answered 503 .*; this store is asked no more$/,
  );
});
