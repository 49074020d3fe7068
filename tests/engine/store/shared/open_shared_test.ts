import assert from "node:assert/strict";
import { nginx, startNginx } from "./nginx.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { openShared } from "../../../../engine/store/shared/open_shared.ts";
import { setVariable } from "../../../variable.ts";
import { cacheServer } from "./server.ts";
import { cacheBehind, outcomeOf, publishAt, signer } from "./world.ts";

const notice = () => {};
const trusts = () => Promise.resolve(true);

Deno.test("without a store the cache is itself; the environment names stores", async () => {
  const local = memoryStore();
  const unset = setVariable("DECANT_STORE", undefined);
  try {
    assert.equal(await openShared(local, { notice, trusts }), local);
    setVariable("DECANT_STORE", "https://there.example");
    assert.notEqual(await openShared(local, { notice, trusts }), local);
    assert.equal(await openShared(local, { notice, trusts, stores: [] }), local);
    setVariable("DECANT_STORE", "there");
    await assert.rejects(openShared(local, { notice, trusts }), { code: "usage" });
  } finally {
    unset();
  }
});

Deno.test("a store is read only unless it is said to be written", async () => {
  const stores = ["https://there.example"];
  assert.equal((await openShared(memoryStore(), { notice, trusts, stores })).sharing, undefined);
  assert.ok(
    (await openShared(memoryStore(), { notice, trusts, stores, write: true, signer })).sharing,
  );
});

/** What is wrong where a store is to be written and nobody can sign. */
const unsigned = async (help: string): Promise<void> => {
  const stores = ["https://there.example"];
  await assert.rejects(openShared(memoryStore(), { notice, trusts, stores, write: true }), {
    code: "usage",
    message: "what is published is signed, and there is no key to sign it with",
    help: `decant key new NAME makes one${help}`,
  });
};

Deno.test("who has no key is told what makes one", async () => {
  const unset = setVariable("XDG_CONFIG_HOME", "/none");
  await unsigned("").finally(unset);
});

Deno.test({
  name: "whose key may not be looked for is told what allows it",
  permissions: { env: ["XDG_CONFIG_HOME"], read: false },
  async fn() {
    await unsigned("; it is looked for with --allow-env=HOME");
    const unset = setVariable("XDG_CONFIG_HOME", "/keys");
    await unsigned("; it is looked for with --allow-read=/keys/decant").finally(unset);
  },
});

Deno.test("each store is asked by whom its line of the file says", async () => {
  await using server = cacheServer({ authorization: "Bearer geheim" });
  const path = await Deno.makeTempFile();
  try {
    await Deno.chmod(path, 0o600);
    await Deno.writeTextFile(path, `${server.address}/ bearer geheim\n`);
    const made = outcomeOf("a", [10]);
    const known = await cacheBehind(server.address, { credentials: path, write: true });
    await known.store.publish(made.key, made.outcome, made.blobs);
    known.store.sharing!.offer({ key: made.key, outcome: made.outcome }, []);
    await known.store.sharing!.settled(new AbortController().signal);
    assert.deepEqual(known.said, []);
    assert.equal(server.entries.size, 3);
    const unknown = await cacheBehind(server.address);
    assert.equal(await unknown.store.outcome(made.key), undefined);
    assert.match(unknown.said.join(), /answered 401/);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test({
  name: "nginx with its DAV module is a shared store",
  ignore: nginx === undefined,
  async fn() {
    await using server = await startNginx();
    const { address } = server;
    const made = outcomeOf("a", [0, 10, (4 << 20) + 1]);
    assert.deepEqual(await publishAt(address, made), []);
    const { store, said } = await cacheBehind(address);
    assert.deepEqual(await store.outcome(made.key), made.outcome, said.join());
    for (const [digest, bytes] of made.blobs) assert.deepEqual(await store.read(digest), bytes);
    assert.equal(await store.outcome(outcomeOf("b", []).key), undefined);
    assert.deepEqual(said, []);
  },
});
