/**
 * What two caches do with a store behind a server of others: what one publishes the other reads, checkpoints go from one
 * to the other, lies are found out, and who may not ask is told so. A process of its own, since the environment says which
 * certificates Deno trusts: `ADDRESS CREDENTIALS KEEPS`, where CREDENTIALS is a file that says what the environment says,
 * and KEEPS which bytes the server keeps under a digest that is not theirs: `all`, those that are `signed` as what they
 * are, or `none`.
 */
import assert from "node:assert/strict";
import { digestOf, type Key } from "../../../engine/digest.ts";
import { encodeRecord } from "../../../engine/store/record.ts";
import { encodeActionResult } from "../../../engine/store/shared/action_result.ts";
import { storeAddress } from "../../../engine/store/shared/address.ts";
import { credentialsOf } from "../../../engine/store/shared/credentials.ts";
import { httpCache, RemoteError } from "../../../engine/store/shared/http_cache.ts";
import { newKey, ownKey, trustIn } from "../../../engine/store/shared/keys.ts";
import { setVariable } from "../../variable.ts";
import { cacheBehind, outcomeOf } from "../../engine/store/shared/world.ts";

const [address, file, keeps] = Deno.args as [string, string, "all" | "signed" | "none"];
const never = new AbortController().signal;

/** Ms that an answer is waited for: servers of a machine that has much to do take their time. */
const IDLE = 60_000;

/** Somebody with a key of their own. */
async function person(name: string) {
  const back = setVariable("XDG_CONFIG_HOME", await Deno.makeTempDir({ dir: "." }));
  const by = await newKey(name);
  const signer = (await ownKey())!;
  back();
  return { by, signer };
}

const anna = await person("anna");
const ben = await person("ben");
const eve = await person("eve");
/** Ben trusts his key and Anna's. */
const trusts = trustIn([ben.by, anna.by]);
const patience = { idle: IDLE };
const writer = {
  patience,
  credentials: file,
  signer: anna.signer,
  trusts: trustIn([anna.by]),
  write: true,
};
const reader = { patience, credentials: "env", signer: ben.signer, trusts };

/** Publishes an outcome; what was said. */
async function published(made: ReturnType<typeof outcomeOf>, as: object): Promise<string[]> {
  const { store, said } = await cacheBehind(address, { ...writer, ...as });
  await store.publish(made.key, made.outcome, made.blobs);
  const { key, outcome } = made;
  await store.sharing!.offer({ key, outcome }, []);
  await store.sharing!.settled(never);
  return said;
}

// What is made by one is read by the other, bodies of every size, and one more time over what is there.
const made = outcomeOf("a", [0, 1, 70_000, (4 << 20) + 1]);
assert.deepEqual(await published(made, {}), []);
assert.deepEqual(await published(made, {}), []);
{
  const { store, said } = await cacheBehind(address, reader);
  assert.deepEqual(await store.outcome(made.key), made.outcome, said.join());
  for (const [digest, bytes] of made.blobs) assert.deepEqual(await store.read(digest), bytes);
  const [large] = [...made.blobs.keys()].slice(-1);
  const again = await cacheBehind(address, reader);
  await again.store.outcome(made.key);
  const stream = await new Response(await again.store.stream(large!)).arrayBuffer();
  assert.deepEqual(new Uint8Array(stream), made.blobs.get(large!));
  assert.equal(await store.outcome(outcomeOf("nothing", []).key), undefined);
  assert.deepEqual([...said, ...again.said], []);
}

// The last checkpoint of a step goes to the other.
{
  const { key } = outcomeOf("long", []);
  const { store, said } = await cacheBehind(address, writer);
  for (const size of [3, 100_000]) {
    await store.checkpoint(key).save(new Uint8Array(size).fill(size));
    await store.sharing!.settled(never);
    const { store: other } = await cacheBehind(address, reader);
    assert.deepEqual(await other.checkpoint(key).load(), new Uint8Array(size).fill(size));
  }
  const { store: other } = await cacheBehind(address, reader);
  assert.equal(await other.checkpoint(outcomeOf("short", []).key).load(), undefined);
  assert.deepEqual(said, []);
}

// Lies, by somebody who may write.
const store = storeAddress(address);
const authorize = (await credentialsOf("env", [store]))(store)!;
const record = (key: Key, of: typeof made) =>
  encodeActionResult(encodeRecord(key, of.outcome, undefined), of.outcome.blobs);

/** Puts bytes under a name, whatever it is the name of; whether the server keeps them. */
async function placed(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const url = `${store.url}/${path}`;
  const headers = await authorize({ method: "PUT", url, digest: digestOf(bytes) });
  const response = await fetch(url, { method: "PUT", headers, body: bytes });
  await response.body?.cancel();
  return response.ok;
}

/** What the other is told of a key, whose record is no hit. */
async function told(key: Key): Promise<string> {
  const { store, said } = await cacheBehind(address, reader);
  assert.equal(await store.outcome(key), undefined);
  return said.join();
}

{
  const other = outcomeOf("b", [10]);
  assert.ok(await placed(`ac/${other.key}`, record(made.key, made)));
  assert.match(await told(other.key), /is no record of its key; it is not used/);
  assert.ok(await placed(`ac/${other.key}`, record(other.key, made)));
  assert.match(await told(other.key), /is no record of its key; it is not used/);
}
{
  const other = outcomeOf("c", [10]);
  assert.deepEqual(await published(other, { signer: eve.signer, trusts: trustIn([eve.by]) }), []);
  assert.match(await told(other.key), /has a record signed by eve:\S+, which is not trusted/);
}
{
  const other = outcomeOf("d", [10]);
  assert.deepEqual(await published(other, {}), []);
  const { digest } = other.outcome.blobs.at(-1)!;
  const content = new Uint8Array(10).fill(7);
  const cache = httpCache(store.url, { authorize, idle: IDLE });
  const put = cache.put({ kind: "cas", name: digest }, { content, bytes: 10 });
  // bazel-remote calls bytes that are not those of their name an error of its own.
  const refused = (error: unknown) =>
    error instanceof RemoteError && /answered (400|500) /.test(error.message);
  if (keeps === "all") await put;
  else await assert.rejects(put, refused);
  assert.equal(await placed(`cas/${digest}`, content), keeps !== "none");
  const { store: behind, said } = await cacheBehind(address, reader);
  assert.deepEqual(await behind.outcome(other.key), other.outcome);
  if (keeps === "none") assert.deepEqual(await behind.read(digest), other.blobs.get(digest));
  else {
    await assert.rejects(behind.read(digest), { name: "CorruptBlobError" });
    assert.match(said.join(), new RegExp(`/cas/${digest}\` is not the bytes of its name`));
  }
}

// Who says nothing, or a wrong password, gets nothing and is told where to say it.
{
  const wrong = await Deno.makeTempFile({ dir: "." });
  const secret = /:(\S+)\s*$/.exec(await Deno.readTextFile(file))![1]!;
  await Deno.writeTextFile(wrong, (await Deno.readTextFile(file)).replace(secret, `no-${secret}`));
  await Deno.chmod(wrong, 0o600);
  for (const credentials of [{}, { credentials: wrong }]) {
    const stranger = { patience, signer: ben.signer, trusts, ...credentials };
    const { store, said } = await cacheBehind(address, stranger);
    assert.equal(await store.outcome(made.key), undefined);
    assert.match(said.join(), /answered 40[13] .*--store-credentials says who asks/);
    assert.ok(!said.join().includes(secret));
  }
}
