import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { type Asking, put, written } from "../../../../engine/store/shared/asking.ts";
import { httpCache, RemoteError } from "../../../../engine/store/shared/http_cache.ts";
import { slotsOf } from "../../../../engine/store/shared/slots.ts";
import { triesOf } from "../../../../engine/store/shared/tries.ts";
import { cacheServer } from "./server.ts";

const { signal } = new AbortController();

function askingAt(address: string): Asking {
  const options = {
    ...{ attempts: 2, pause: 0, memory: 1e6, slots: slotsOf(1) },
    notice: () => {},
    trusts: () => Promise.resolve(true),
    untrusted: () => {},
  };
  return { ...options, cache: httpCache(address, { idle: 5000 }), tries: triesOf(options) };
}

Deno.test("a blob is opened and put where it is not there yet", async () => {
  await using server = cacheServer();
  const asking = askingAt(server.address);
  const bytes = new Uint8Array([1, 2, 3]);
  const blob = { digest: digestOf(bytes), bytes: 3 };
  let opened = 0;
  const open = () => Promise.resolve((opened++, bytes));
  assert.equal(await put(asking, blob, open, signal), true);
  assert.equal(await put(asking, blob, open, signal), true);
  assert.deepEqual([opened, server.entries.get(`/cas/${blob.digest}`)], [1, bytes]);
  server.entries.clear();
  server.state.fault = ({ method }, right) =>
    method === "PUT" ? new Response(null, { status: 500 }) : right();
  assert.equal(await put(asking, blob, open, signal), false);
  assert.equal(opened, 3, "each try opens it anew");
});

Deno.test("what is refused is not written, what fails here is thrown", async () => {
  const { tries } = askingAt("https://there.example");
  assert.equal(await written(tries, signal, () => Promise.resolve()), true);
  const broken = () => Promise.reject(new Error("a broken disk"));
  await assert.rejects(written(tries, signal, broken), { message: "a broken disk" });
  const refused = () => Promise.reject(new RemoteError("refused", "no"));
  assert.equal(await written(tries, signal, refused), false);
});
