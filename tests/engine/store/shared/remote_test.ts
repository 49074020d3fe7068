import assert from "node:assert/strict";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { httpCache } from "../../../../engine/store/shared/http_cache.ts";
import { remoteOf } from "../../../../engine/store/shared/remote.ts";
import { slotsOf } from "../../../../engine/store/shared/slots.ts";
import { cacheServer } from "./server.ts";
import { outcomeOf, publishAt, signer } from "./world.ts";

const trusts = () => Promise.resolve(true);
const untrusted = () => {};
const signal = new AbortController().signal;

function remoteAt(address: string, memory = 1e9) {
  const said: string[] = [];
  const notice = (sentence: string) => void said.push(sentence);
  const options = {
    attempts: 3,
    pause: 1,
    memory,
    slots: slotsOf(2),
    notice,
    signer,
    trusts,
    untrusted,
  };
  return { remote: remoteOf(httpCache(address, { idle: 5000 }), options), said };
}

Deno.test("blobs are put before their record, and what is there already is not put again", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 20]);
  await publishAt(server.address, made);
  const puts = () => server.asked.filter(({ method }) => method === "PUT").map(({ path }) => path);
  assert.equal(puts().length, 4);
  assert.equal(puts().at(-1), `/ac/${made.key}`);
  await publishAt(server.address, made);
  assert.equal(puts().length, 4);
  server.entries.delete(`/ac/${made.key}`);
  await publishAt(server.address, made);
  assert.deepEqual(puts().slice(4), [`/ac/${made.key}`]);
});

Deno.test("blobs that a store has lost, or has otherwise, are put back when they are made again", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [10, 20]);
  await publishAt(server.address, made);
  const [first, second] = made.outcome.blobs.map(({ digest }) => `/cas/${digest}`);
  const right = server.entries.get(second!)!;
  server.entries.delete(first!);
  server.entries.set(second!, new Uint8Array(right.byteLength));
  const { remote } = remoteAt(server.address);
  const from = memoryStore();
  await from.publish(made.key, made.outcome, made.blobs);
  const puts = () => server.asked.filter(({ method }) => method === "PUT").length;
  const before = puts();
  assert.equal(await remote.publish(made, from, signal), true);
  assert.equal(puts(), before, "a record is taken at its word");
  assert.equal(await remote.publish(made, from, signal, true), true);
  assert.equal(puts() - before, made.outcome.blobs.length, "all its blobs, and not the record");
  assert.ok(server.entries.has(first!));
  assert.deepEqual(server.entries.get(second!), right);
});

Deno.test("whether a store answers is asked once, with no patience", async () => {
  const server = cacheServer();
  const { remote, said } = remoteAt(server.address);
  assert.equal(await remote.answers(signal), true);
  server.state.fault = () => new Response(null, { status: 500 });
  const before = server.asked.length;
  assert.equal(await remote.answers(signal), false);
  assert.equal(server.asked.length, before + 1);
  await server[Symbol.asyncDispose]();
  assert.equal(await remote.answers(signal), false);
  assert.deepEqual(said, []);
});

Deno.test("a blob of many bytes is put as a stream", async () => {
  await using server = cacheServer();
  const made = outcomeOf("large", [(4 << 20) + 1]);
  assert.deepEqual(await publishAt(server.address, made), []);
  const { digest } = made.outcome.blobs[1]!;
  assert.deepEqual(server.entries.get(`/cas/${digest}`), made.blobs.get(digest));
});

Deno.test("a record that is no record there is replaced by one that is", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", []);
  server.entries.set(`/ac/${made.key}`, new TextEncoder().encode("a lie"));
  const said = await publishAt(server.address, made);
  assert.equal(said.length, 1);
  const { remote } = remoteAt(server.address);
  assert.deepEqual((await remote.record(made.key))?.outcome, made.outcome);
});

Deno.test("what fails twice and then works is had", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", []);
  await publishAt(server.address, made);
  server.asked.length = 0;
  server.state.fault = (_request, right) =>
    server.asked.length < 3 ? new Response(null, { status: 502 }) : right();
  const { remote, said } = remoteAt(server.address);
  assert.deepEqual((await remote.record(made.key))?.outcome, made.outcome);
  assert.deepEqual([said, server.asked.length], [[], 3]);
});

Deno.test("a store that takes nothing is still asked, and nothing more is put", async () => {
  await using server = cacheServer();
  const [one, two] = [outcomeOf("a", [10]), outcomeOf("b", [10])];
  await publishAt(server.address, one);
  server.asked.length = 0;
  server.state.fault = ({ method }, right) =>
    method === "PUT" ? new Response(null, { status: 405 }) : right();
  const local = memoryStore();
  await local.publish(two.key, two.outcome, two.blobs);
  const { remote, said } = remoteAt(server.address);
  await remote.publish({ key: two.key, outcome: two.outcome }, local, signal);
  assert.equal(said.length, 1);
  assert.match(said[0]!, /answered 405 .*; no more is published there$/);
  assert.deepEqual((await remote.record(one.key))?.outcome, one.outcome);
  const before = server.asked.length;
  await remote.publish({ key: two.key, outcome: two.outcome }, local, signal);
  assert.equal(server.asked.length, before);
  assert.ok(!server.entries.has(`/ac/${two.key}`));
});

Deno.test("a record of more bytes than a run may hold is not taken", async () => {
  await using server = cacheServer();
  const made = outcomeOf("a", [1000]);
  await publishAt(server.address, made);
  const { remote, said } = remoteAt(server.address, 1000);
  assert.equal(await remote.record(made.key), undefined);
  assert.equal(said.length, 1);
});

Deno.test("the signal ends the wait for another try", async () => {
  await using server = cacheServer();
  server.state.fault = () => new Response(null, { status: 500 });
  const notice = () => {};
  const options = {
    attempts: 3,
    pause: 60_000,
    memory: 1,
    slots: slotsOf(1),
    notice,
    trusts,
    untrusted,
  };
  const remote = remoteOf(httpCache(server.address, { idle: 5000 }), options);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("stopped")), 30);
  const asking = remote.record(outcomeOf("a", []).key, stop.signal);
  await assert.rejects(asking, { message: "stopped" });
});

Deno.test("what somebody else made is published under his signature, what is made here under one's own", async () => {
  await using server = cacheServer();
  const [one, two] = [outcomeOf("a", []), outcomeOf("b", [])];
  const local = memoryStore({ trusts });
  await using intake = await local.intake();
  for (const blob of one.outcome.blobs) {
    await intake.take(blob, ReadableStream.from([one.blobs.get(blob.digest)!]));
  }
  const signed = { by: "other:key", signature: "of the other" };
  await intake.publish({ key: one.key, outcome: one.outcome, signed });
  await local.publish(two.key, two.outcome, two.blobs);
  const { remote } = remoteAt(server.address);
  for (const { key, outcome } of [one, two]) await remote.publish({ key, outcome }, local, signal);
  assert.deepEqual((await remote.record(one.key))?.signed, signed);
  assert.deepEqual((await remote.record(two.key))?.signed, await signer.sign());
});
